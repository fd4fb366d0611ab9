// SPDX-License-Identifier: Apache-2.0
//! What becomes of each node, and all that is refused at once.

use super::*;

/// Node, operator and fate of each node, and whether the file can be compiled.
fn survey(proto: &ModelProto) -> (Vec<NodeReport>, Option<String>) {
	let Survey { nodes, refusal } = Survey::of(proto).expect("a graph");
	(nodes, refusal.map(|refusal| refusal.to_string()))
}

fn fates(proto: &ModelProto) -> Vec<Fate> {
	survey(proto).0.into_iter().map(|node| node.fate).collect()
}

#[test]
fn of_a_file_that_can_be_compiled() {
	let nodes = vec![
		node("Softmax", &["g"], "y"),
		node("Mul", &["x", "two"], "s"),
		node("Gemm", &["s", "w", "b"], "h"),
		node("Identity", &["h"], "i"),
		node("Relu", &["i"], "a"),
		node("MatMul", &["a", "v"], "m"),
		node("Sub", &["m", "two"], "g"),
	];
	let constants =
		vec![floats("two", &[], &[2.0]), matrix("w", 3, 4), bias("b", 4), matrix("v", 4, 2)];
	let proto = model(3, 2, nodes, constants);
	let expected = [
		Fate::End,
		Fate::Folded { layer: 1 },
		Fate::Layer { layer: 1 },
		Fate::Nothing,
		Fate::Behind { layer: 1 },
		Fate::Layer { layer: 2 },
		Fate::Folded { layer: 2 },
	];
	assert_eq!(fates(&proto), expected);
	let (nodes, refusal) = survey(&proto);
	assert_eq!(refusal, None);
	assert_eq!((nodes[2].node.as_str(), nodes[2].operator.as_str()), ("h_node", "Gemm"));
	assert_eq!((nodes[2].shape.as_deref(), nodes[0].shape.as_deref()), (Some(&[4][..]), None));
}

#[test]
fn of_every_node_that_is_refused_with_the_way_out() {
	let nodes = vec![
		node("Sin", &["h"], "a"),
		node("MatMul", &["a", "v"], "g"),
		node("ThresholdedRelu", &["g"], "e"),
		with_int(node("Softmax", &["h"], "s"), "axis", 0),
		node("Relu", &["e"], "y"),
	];
	let proto = after_a_gemm(nodes, vec![matrix("v", 2, 2)]);
	let (nodes, refusal) = survey(&proto);
	let said = refusal.expect("it is refused");
	assert!(said.contains("`Sin` (node `a_node`)") && said.contains("`ThresholdedRelu`"), "{said}");
	let refused = |at: usize| match &nodes[at].fate {
		Fate::Refused { reason, way_out } => (reason.clone(), way_out.clone()),
		other => panic!("node {at} is {other:?}"),
	};
	assert!(refused(1).1.contains("compute it before"));
	assert!(refused(3).1.contains("LeakyRelu"));
	assert!(refused(4).0.contains("axis 0 mixes samples"));
	assert_eq!((&nodes[2].fate, &nodes[5].fate), (&Fate::Open, &Fate::Open));
}

#[test]
fn of_an_end_that_is_computed_with() {
	let nodes =
		vec![with_int(node("Softmax", &["h"], "a"), "axis", 1), node("MatMul", &["a", "v"], "y")];
	let fates = fates(&after_a_gemm(nodes, vec![matrix("v", 2, 2)]));
	let Fate::Refused { reason, .. } = &fates[1] else { panic!("{fates:?}") };
	assert!(reason.contains("`MatMul` (node `y_node`)"), "{reason}");
	assert_eq!(fates[2], Fate::Open);
}

#[test]
fn a_second_fault_is_counted() {
	let clip = with_float(node("Celu", &["h"], "y"), "alpha", -1.0);
	let nodes = vec![clip, with_int(node("Softmax", &["h"], "s"), "axis", 0)];
	let message = refused(after_a_gemm(nodes, vec![]));
	assert!(message.contains("`candor check` names 1 more"), "{message}");
}
