// SPDX-License-Identifier: Apache-2.0
//! Functions of one number that a file writes out: `x * sigmoid(x)`, or `x / 2 * (1 + erf(x / sqrt(2)))`.
//!
//! They are put together node by node, and compared with the curves that have tables: however they are spelled, it
//! is the numbers that tell which one it is.

use candor_onnx::{node::float_attribute, OnnxError};

use crate::{
	place::MAX_PARTS,
	registry::table::{self, Curve},
	At, Known, Place, Reader,
};

/// A function of one number of each element of data, of which no node computes anything yet.
#[derive(Clone, PartialEq)]
pub struct Formula {
	/// The data.
	base: At,
	tree: Tree,
}

#[derive(Clone, PartialEq)]
enum Tree {
	/// The element of the data.
	Argument,
	Number(f64),
	Sum(Box<Tree>, Box<Tree>),
	Product(Box<Tree>, Box<Tree>),
	Quotient(Box<Tree>, Box<Tree>),
	Power(Box<Tree>, i32),
	Of(Curve, Box<Tree>),
	Erf(Box<Tree>),
	Abs(Box<Tree>),
}

/// A curve that is spelled in parts: `factor * curve(scale * x)`.
struct Spelled {
	curve: Curve,
	scale: f64,
	factor: f64,
}

/// The curves that are spelled as a product with their argument, or a quotient.
const PRODUCTS: [Curve; 6] =
	[Curve::Silu, Curve::Gelu, Curve::GeluTanh, Curve::HardSwish, Curve::Mish, Curve::Softsign];

/// How arguments may be scaled: of `x / 2`, of `x * 2`, and of a Gelu's approximation by `sigmoid`.
const SCALES: [f64; 4] = [1.0, 2.0, 0.5, 1.702];

/// How far a curve may be off, relative to its argument: what float32 makes of its constants.
const TOLERANCE: f64 = 1e-5;

/// Reads a node of a function that is written out, which ends with the last product.
///
/// # Errors
///
/// [`OnnxError::Usage`] when it is no part of a formula, or the formula is none that is known.
pub(crate) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let formula = Formula::of(place)?;
	if formula.tree.parts() > MAX_PARTS {
		return Err(place.usage("it is a part of a function that is written out in too many parts"));
	}
	let known = formula.known();
	if known.is_none() && place.leads_to_a_product() {
		reader.write_out(place, formula);
		return Ok(());
	}
	let Spelled { curve, scale, factor } = known.ok_or_else(|| {
		place.usage(match place.node.op_type.as_str() {
			"Mul" => "both operands depend on the sample, and a circuit multiplies with constants only, but for a Gelu, Silu, HardSwish or Mish that is written out, and this is none of them; compute the product before the model, as a feature",
			"Pow" => "powers of data are known as parts of a Gelu only; give squares and products as features, or train a model that is linear in its features (LogisticRegression or LinearDiscriminantAnalysis in place of GaussianNB and QuadraticDiscriminantAnalysis)",
			_ => "it ends a function that is written out, of which Gelu, Silu, HardSwish, Mish and Softsign are known, and this is none of them",
		})
	})?;
	let argument = formula.base.times(scale, 0.0);
	let at = reader.compute(place, &argument, |source| table::unfitted(source, curve))?;
	reader.pass(place, at.times(factor, 0.0));
	Ok(())
}

impl Formula {
	/// The data.
	pub(crate) fn base(&self) -> &At {
		&self.base
	}

	/// What a node makes of data and formulas.
	fn of(place: &Place<'_>) -> Result<Self, OnnxError> {
		let operator = place.node.op_type.as_str();
		let number = |name: &str, otherwise: f64| {
			float_attribute(place.node, name).map_or(otherwise, f64::from)
		};
		let one = || Self::operand(place, 0).and_then(|operand| operand.formula(place));
		let curve = |curve: Curve| one().map(|formula| formula.map(|tree| Tree::Of(curve, tree)));
		match operator {
			"Add" => Self::both(place, Tree::Sum),
			"Sub" => Self::both(place, |a, b| Tree::Sum(a, Box::new(scaled(b, -1.0)))),
			"Mul" => Self::both(place, Tree::Product),
			"Div" => Self::both(place, Tree::Quotient),
			"Neg" => one().map(|formula| formula.map(|tree| scaled(tree, -1.0))),
			"Identity" | "Cast" | "QuantizeLinear" | "DequantizeLinear" => one(),
			"Erf" => one().map(|formula| formula.map(Tree::Erf)),
			"Abs" => one().map(|formula| formula.map(Tree::Abs)),
			"Sigmoid" => curve(Curve::Sigmoid),
			"Tanh" => curve(Curve::Tanh),
			"Softplus" => curve(Curve::Softplus),
			"HardSigmoid" => {
				let (alpha, beta) = (number("alpha", 0.2), number("beta", 0.5));
				let clip = |tree| Tree::Of(Curve::Clip, Box::new(shifted(scaled(tree, alpha), beta)));
				one().map(|formula| formula.map(clip))
			}
			"Clip" => {
				let bound = |position: usize, name: &str| -> Result<f64, OnnxError> {
					let input = place.edges.floats(place.node, position)?;
					let input = input.and_then(|tensor| tensor.values.first().copied());
					let bound = input.or_else(|| float_attribute(place.node, name).map(f64::from));
					bound.ok_or_else(|| place.usage("a bound is missing in a function that is written out"))
				};
				let (low, high) = (bound(1, "min")?, bound(2, "max")?);
				let part = (high - low).recip();
				let clip = |tree| {
					let part = Box::new(scaled(shifted(tree, -low), part));
					shifted(scaled(Tree::Of(Curve::Clip, part), high - low), low)
				};
				one().map(|formula| formula.map(clip))
			}
			"Pow" => match Self::operand(place, 1)? {
				Operand::Number(power @ (2.0 | 3.0)) => {
					one().map(|formula| formula.map(|tree| Tree::Power(tree, power as i32)))
				}
				_ => Err(place.usage("only squares and cubes are supported, as parts of a Gelu")),
			},
			_ => Err(place.usage(
				"it takes a part of a function that is written out, of which only sums, products and functions of single numbers are known",
			)),
		}
	}

	fn map(self, with: impl FnOnce(Box<Tree>) -> Tree) -> Self {
		Self { base: self.base, tree: with(Box::new(self.tree)) }
	}

	/// What an operand is.
	fn operand(place: &Place<'_>, position: usize) -> Result<Operand, OnnxError> {
		match place.inputs.get(position) {
			Some(Some(Known::Data(at))) => {
				Ok(Operand::Formula(Self { base: at.clone(), tree: Tree::Argument }))
			}
			Some(Some(Known::Formula(formula))) => Ok(Operand::Formula(formula.clone())),
			_ => {
				let values = place.floats(position)?.values;
				match values.split_first() {
					Some((first, rest)) if rest.iter().all(|other| other == first) => {
						Ok(Operand::Number(*first))
					}
					_ => Err(place.usage(
						"a function that is written out has the same numbers for all elements",
					)),
				}
			}
		}
	}

	fn both(
		place: &Place<'_>,
		join: impl FnOnce(Box<Tree>, Box<Tree>) -> Tree,
	) -> Result<Self, OnnxError> {
		let (left, right) = (Self::operand(place, 0)?, Self::operand(place, 1)?);
		let base = match (&left, &right) {
			// The argument of the whole is what stands alone.
			(_, Operand::Formula(Self { base, tree: Tree::Argument }))
			| (Operand::Formula(Self { base, .. }), _)
			| (_, Operand::Formula(Self { base, .. })) => base.clone(),
			_ => return Err(place.usage("it takes no data")),
		};
		let tree = |operand: Operand| match operand {
			Operand::Number(number) => Ok(Tree::Number(number)),
			Operand::Formula(Self { base: own, tree }) => {
				let (factor, shift) = own.in_terms_of(&base).ok_or_else(|| {
					place.usage("both operands depend on the sample, and a circuit multiplies with constants only; compute the product before the model, as a feature")
				})?;
				Ok(tree.with_argument(&shifted(scaled(Tree::Argument, factor), shift)))
			}
		};
		let (left, right) = (Box::new(tree(left)?), Box::new(tree(right)?));
		Ok(Self { base, tree: join(left, right) })
	}

	/// The curve that it is; nothing where it is none.
	fn known(&self) -> Option<Spelled> {
		let candidates = PRODUCTS.iter().flat_map(|curve| SCALES.map(|scale| (*curve, scale)));
		candidates.into_iter().find_map(|(curve, scale)| {
			let factor = self.tree.at(4.0 / scale) / curve.of(4.0);
			let fits = |point: i32| {
				let x = f64::from(point) / 8.0;
				let expected = factor * curve.of(x);
				let off = (self.tree.at(x / scale) - expected).abs();
				off <= TOLERANCE * factor.abs() * (1.0 + x.abs())
			};
			let is_it = factor.is_normal() && (-64..=64).all(fits);
			is_it.then_some(Spelled { curve, scale, factor })
		})
	}
}

/// What a node of a formula takes.
#[expect(clippy::large_enum_variant, reason = "there are two of them, for a moment")]
enum Operand {
	Number(f64),
	Formula(Formula),
}

impl Operand {
	fn formula(self, place: &Place<'_>) -> Result<Formula, OnnxError> {
		match self {
			Self::Formula(formula) => Ok(formula),
			Self::Number(_) => Err(place.usage("it takes no data")),
		}
	}
}

fn scaled(tree: impl Into<Box<Tree>>, factor: f64) -> Tree {
	Tree::Product(Box::new(Tree::Number(factor)), tree.into())
}

fn shifted(tree: impl Into<Box<Tree>>, shift: f64) -> Tree {
	Tree::Sum(tree.into(), Box::new(Tree::Number(shift)))
}

impl Tree {
	/// The function with another one of its argument.
	fn with_argument(&self, argument: &Self) -> Self {
		let of = |tree: &Self| Box::new(tree.with_argument(argument));
		match self {
			Self::Argument => argument.clone(),
			Self::Number(number) => Self::Number(*number),
			Self::Sum(a, b) => Self::Sum(of(a), of(b)),
			Self::Product(a, b) => Self::Product(of(a), of(b)),
			Self::Quotient(a, b) => Self::Quotient(of(a), of(b)),
			Self::Power(a, power) => Self::Power(of(a), *power),
			Self::Of(curve, a) => Self::Of(*curve, of(a)),
			Self::Erf(a) => Self::Erf(of(a)),
			Self::Abs(a) => Self::Abs(of(a)),
		}
	}

	/// The number of its parts.
	fn parts(&self) -> usize {
		1 + match self {
			Self::Argument | Self::Number(_) => 0,
			Self::Power(a, _) | Self::Of(_, a) | Self::Erf(a) | Self::Abs(a) => a.parts(),
			Self::Sum(a, b) | Self::Product(a, b) | Self::Quotient(a, b) => a.parts() + b.parts(),
		}
	}

	/// Its value.
	fn at(&self, x: f64) -> f64 {
		match self {
			Self::Argument => x,
			Self::Number(number) => *number,
			Self::Sum(a, b) => a.at(x) + b.at(x),
			Self::Product(a, b) => a.at(x) * b.at(x),
			Self::Quotient(a, b) => a.at(x) / b.at(x),
			Self::Power(a, power) => a.at(x).powi(*power),
			Self::Of(curve, a) => curve.of(a.at(x)),
			Self::Erf(a) => libm::erf(a.at(x)),
			Self::Abs(a) => a.at(x).abs(),
		}
	}
}
