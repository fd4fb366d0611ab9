// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{registry::dense::MAX_WIDTH, Misfit};
use candor_graph::{Kind, ShapeError};

fn parsed(text: &str) -> Architecture {
	text.parse().expect("the test's architecture is valid")
}

mod widths {
	use super::*;

	#[test]
	fn are_written_with_dashes() {
		let widths = parsed("64-32:20-10").widths().expect("a perceptron");
		let widths: Vec<_> =
			widths.into_iter().map(|Width { width, limb }| (width, limb)).collect();
		assert_eq!(widths, [(64, None), (32, Some(20)), (10, None)]);
		for name in ["64-32-10", "3-2", "1-1", "9-8-7-6-5", "64-32:20-10:18", "64-32:20-10x3"] {
			assert_eq!(parsed(name).to_string(), name);
		}
	}

	#[test]
	fn that_are_not_numbers_are_refused() {
		let texts = ["", "64", "64-", "-64", "64-x-10", "64 - 10", "64-+", "4294967296-1"];
		for text in texts.into_iter().chain(["64:20-10", "64-10:", "64-10:x", "64-:20"]) {
			let error = text.parse::<Architecture>().expect_err(text);
			assert!(
				matches!(
					error,
					ArchitectureError::Syntax { .. } | ArchitectureError::Depth { got: 0 }
				),
				"{text}: {error}"
			);
		}
	}

	#[test]
	fn have_limits() {
		let new = |widths: &[u32]| Architecture::perceptron(widths).map(|_| ());
		let of_node = |node, got| {
			let misfit = Misfit::Width { got, max: MAX_WIDTH };
			Err(ArchitectureError::Node { node, operator: "dense", misfit })
		};
		let max = MAX_WIDTH as u32;
		assert_eq!(new(&[]), Err(ArchitectureError::Depth { got: 0 }));
		assert_eq!(new(&[4]), Err(ArchitectureError::Depth { got: 0 }));
		assert_eq!(new(&[1; MAX_LAYERS + 1]), Ok(()));
		assert_eq!(
			new(&[1; MAX_LAYERS + 2]),
			Err(ArchitectureError::Depth { got: MAX_LAYERS + 1 })
		);
		assert_eq!(new(&[4, 0, 2]), of_node(0, 0));
		let zero = ShapeError::Zero { position: 0 };
		assert_eq!(new(&[0, 2]), Err(ArchitectureError::Shape(zero)));
		assert_eq!(new(&[max, 1]), Ok(()));
		assert_eq!(new(&[max + 1, 1]), of_node(0, i64::from(max) + 1));
		assert_eq!(new(&[1, max + 1, 1]), of_node(0, i64::from(max) + 1));
		assert_eq!(new(&[1, 472]), Ok(()));
		assert_eq!(new(&[1, 473]), Err(ArchitectureError::Outputs { got: 473 }));
		assert!(matches!(new(&[max, max, 1]), Err(ArchitectureError::Words { .. })));
	}
}

mod graphs {
	use super::*;

	fn graph(nodes: Vec<Node>) -> Result<Architecture, ArchitectureError> {
		Architecture::new(Graph::new(Shape::vector(3).expect("small"), nodes)?)
	}

	#[test]
	fn of_another_kind_have_no_short_name() {
		let first = dense::node(Source::Input, 4, dense::shift(3));
		let last = |source| dense::node(source, 2, 0);
		let nodes = vec![
			first,
			relu::node(Source::Node(0)),
			relu::node(Source::Node(0)),
			last(Source::Node(1)),
		];
		assert!(matches!(graph(nodes), Err(ArchitectureError::Graph(_))), "one is not taken");
		let mut tagged = last(Source::Input);
		tagged.set("tag", 1);
		let named = graph(vec![tagged]).map(|architecture| architecture.to_string());
		let expected =
			ArchitectureError::Node { node: 0, operator: "dense", misfit: Misfit::Attributes };
		assert_eq!(named, Err(expected), "attributes that nobody reads make other circuits");
	}

	#[test]
	fn that_do_not_end_with_logits_are_refused() {
		let hidden = dense::node(Source::Input, 4, dense::shift(3));
		let relu = relu::node(Source::Node(0));
		for nodes in [vec![hidden.clone()], vec![hidden, relu]] {
			assert_eq!(graph(nodes).map(|_| ()), Err(ArchitectureError::NoLogits));
		}
	}

	#[test]
	fn that_grow_beyond_any_use_are_refused() {
		let image = |node: Node, channels: i64, kernel: i64, pads: i64, strides: i64| {
			let mut node = node;
			for (name, numbers) in [
				("image", vec![channels, 2, 2]),
				("kernel", vec![kernel; 2]),
				("strides", vec![strides; 2]),
				("dilations", vec![1; 2]),
				("pads", vec![pads; 4]),
			] {
				node.attributes.insert(name.into(), numbers);
			}
			node
		};
		let of = |node: Node, elements: usize| {
			let input = Shape::vector(elements).expect("small");
			let last = dense::node(Source::Node(0), 1, 0);
			Architecture::new(Graph::new(input, vec![node, last]).expect("in order"))
		};
		let conv = Node::new("conv", [Source::Input])
			.with("groups", 1)
			.with("outputs", 1)
			.with("rounding", 0);
		// A few words, and four million sums.
		let wide = of(image(conv.clone(), 1, 1, 1_023, 1), 4);
		assert!(matches!(wide, Err(ArchitectureError::Values { node: 0, .. })), "{wide:?}");
		// What is put around an image, and what windows meet, is bounded where little comes of it, too.
		for (kernel, pads, strides) in [(1, 4_095, 4_096), (2_048, 2_047, 1)] {
			let misfit = Misfit::Attribute { name: "kernel" };
			let expected = ArchitectureError::Node { node: 0, operator: "conv", misfit };
			let refused = of(image(conv.clone(), 1, kernel, pads, strides), 4);
			assert_eq!(refused, Err(expected), "{kernel}");
		}
		let channels = 1 << 14;
		let pool = image(Node::new("sum_pool", [Source::Input]), channels, 34, 32, 1);
		assert!(of(pool, 4 << 14).is_err());
	}

	#[test]
	fn of_unknown_operators_are_refused() {
		let node = Node::new("erf", [Source::Input]);
		let expected = ArchitectureError::Operator { node: 0, operator: "erf".into() };
		assert_eq!(graph(vec![node]).map(|_| ()), Err(expected));
	}

	#[test]
	fn are_checked_when_read_from_json() {
		let json = serde_json::to_string(&parsed("64-32-10")).expect("serializes");
		assert_eq!(json, parsed("64-32-10").graph().description());
		let read = serde_json::from_str::<Architecture>(&json).expect("parses");
		assert_eq!(read, parsed("64-32-10"));
		assert!(json.contains(r#""rounding":[8]"#), "{json}");
		for (from, to) in [
			(r#""rounding":[8]"#, r#""rounding":[9]"#),
			(r#""outputs":[10]"#, r#""outputs":[473]"#),
			(r#""outputs":[10]"#, r#""outputs":[10,1]"#),
			("relu", "gelu"),
			(r#"{"node":1}"#, r#"{"node":0}"#),
		] {
			let wrong = json.replace(from, to);
			assert_ne!(wrong, json);
			assert!(serde_json::from_str::<Architecture>(&wrong).is_err(), "{wrong}");
		}
		assert!(serde_json::from_str::<Architecture>(r#"{"widths":[64,10]}"#).is_err());
	}
}

#[test]
fn sizes_of_a_digit_classifier() {
	let architecture = parsed("784-56-10");
	assert_eq!(architecture.word_count(Scheme::Hashed), 7 * 785 + 57);
	assert_eq!((architecture.input_len(), architecture.output_len()), (784, 40));
	assert_eq!(architecture.parameter_count(), 785 * 56 + 57 * 10);
	assert_eq!(architecture.layers().count(), 2);
	let kinds: Vec<_> = architecture.sites().map(|(_, site)| site.output.kind).collect();
	assert!(matches!(kinds[..], [Kind::Sums(_), Kind::Bytes, Kind::Sums(_)]));
}
