// SPDX-License-Identifier: Apache-2.0
//! Functions of one number, and their tables.
//!
//! A table belongs to a circuit, so its bytes are the same wherever they are computed: everything here is
//! additions, multiplications, divisions and roundings of `f64` in a fixed order, and what
//! is no such thing comes from `libm`, which is made of these, and not from the platform.

use candor_gadgets::table::BYTES;

use crate::round;

/// What a slope is written as, in attributes: so many parts of one.
const PARTS_OF_ONE: f64 = 16_777_216.0;

/// The number of the first curve that is the sum of another one and its argument.
const FIRST_AROUND: i64 = 12;

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
	/// `1 / (1 + e^-x)`
	Sigmoid,
	/// The hyperbolic tangent.
	Tanh,
	/// `x Φ(x)`, with the normal distribution.
	Gelu,
	/// The same with a hyperbolic tangent in its place.
	GeluTanh,
	/// `x / (1 + e^-x)`
	Silu,
	/// `x clamp(x / 6 + 1 / 2, 0, 1)`
	HardSwish,
	/// `x tanh(ln(1 + e^x))`
	Mish,
	/// `ln(1 + e^x)`
	Softplus,
	/// `x / (1 + |x|)`
	Softsign,
	/// `clamp(x, 0, 1)`
	Clip,
	/// `x` above zero, `slope (e^x - 1)` below.
	Elu(Slope),
	/// `x` above zero, `slope x` below.
	Leaky(Slope),
	/// `x + f(x)`: a connection around a function.
	Around(Inner),
}

/// A function that a connection goes around: one of those without a slope, but for what is clipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inner(u8);

impl Inner {
	/// How many there are, the first ones of all curves.
	const COUNT: u8 = 9;

	/// The function.
	fn curve(self) -> Curve {
		Curve::of_number(self.0.into(), None).expect("it is one of the first; qed")
	}
}

/// What a function does below zero, in parts of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slope(i32);

impl Slope {
	/// That of what changes nothing.
	pub(super) const ONE: Self = Self(PARTS_OF_ONE as i32);

	/// The closest one; nothing of what is far from any that is used.
	pub fn of(x: f64) -> Option<Self> {
		let parts = round(x * PARTS_OF_ONE);
		(parts.abs() <= 100.0 * PARTS_OF_ONE).then_some(Self(parts as i32))
	}

	/// In parts of one.
	pub(super) fn parts(self) -> i64 {
		self.0.into()
	}

	/// The one of so many parts; nothing outside of what [`Self::of`] gives.
	pub(super) fn of_parts(parts: i64) -> Option<Self> {
		Self::of(parts as f64 / PARTS_OF_ONE).filter(|slope| slope.parts() == parts)
	}

	fn value(self) -> f64 {
		f64::from(self.0) / PARTS_OF_ONE
	}
}

impl Curve {
	/// Its number in attributes, which is part of circuits.
	pub(super) fn number(self) -> i64 {
		match self {
			Self::Sigmoid => 0,
			Self::Tanh => 1,
			Self::Gelu => 2,
			Self::GeluTanh => 3,
			Self::Silu => 4,
			Self::HardSwish => 5,
			Self::Mish => 6,
			Self::Softplus => 7,
			Self::Softsign => 8,
			Self::Clip => 9,
			Self::Elu(_) => 10,
			Self::Leaky(_) => 11,
			Self::Around(inner) => FIRST_AROUND + i64::from(inner.0),
		}
	}

	/// The curve of a number, with a slope where it has one.
	pub(super) fn of_number(number: i64, slope: Option<Slope>) -> Option<Self> {
		Some(match (number, slope) {
			(0, None) => Self::Sigmoid,
			(1, None) => Self::Tanh,
			(2, None) => Self::Gelu,
			(3, None) => Self::GeluTanh,
			(4, None) => Self::Silu,
			(5, None) => Self::HardSwish,
			(6, None) => Self::Mish,
			(7, None) => Self::Softplus,
			(8, None) => Self::Softsign,
			(9, None) => Self::Clip,
			(10, Some(slope)) => Self::Elu(slope),
			(11, Some(slope)) => Self::Leaky(slope),
			(number, None) => {
				let inner = u8::try_from(number.checked_sub(FIRST_AROUND)?).ok()?;
				Self::Around(Some(Inner(inner)).filter(|inner| inner.0 < Inner::COUNT)?)
			}
			_ => return None,
		})
	}

	/// The sum of its argument and it; nothing where there is no table of that.
	pub(crate) fn around(self) -> Option<Self> {
		Self::of_number(FIRST_AROUND.checked_add(self.number())?, None)
	}

	/// What it does below zero, where that is not said by its number.
	pub(super) fn slope(self) -> Option<Slope> {
		match self {
			Self::Elu(slope) | Self::Leaky(slope) => Some(slope),
			_ => None,
		}
	}

	/// Whether it is scaled as its argument is: `f(k x) = k f(x)` for every positive `k`. One table then
	/// serves every unit.
	pub(super) fn is_homogeneous(self) -> bool {
		matches!(self, Self::Leaky(_))
	}

	/// Outside of this range it is constant, or changes by less than half a step of a byte.
	pub(super) fn range(self) -> (f64, f64) {
		let open = f64::INFINITY;
		match self {
			Self::Sigmoid => (-6.25, 6.25),
			Self::Tanh => (-3.125, 3.125),
			Self::Gelu | Self::GeluTanh => (-3.5, open),
			Self::Silu | Self::Mish | Self::Softplus | Self::Elu(_) => (-7.0, open),
			Self::HardSwish => (-3.0, open),
			Self::Softsign | Self::Leaky(_) | Self::Around(_) => (-open, open),
			Self::Clip => (0.0, 1.0),
		}
	}

	/// Its value.
	pub fn of(self, x: f64) -> f64 {
		let sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
		let softplus = |x: f64| x.max(0.0) + libm::log1p(libm::exp(-x.abs()));
		match self {
			Self::Sigmoid => sigmoid(x),
			Self::Tanh => libm::tanh(x),
			Self::Gelu => 0.5 * x * (1.0 + libm::erf(x * core::f64::consts::FRAC_1_SQRT_2)),
			Self::GeluTanh => {
				let scale = core::f64::consts::FRAC_2_SQRT_PI * core::f64::consts::FRAC_1_SQRT_2;
				0.5 * x * (1.0 + libm::tanh(scale * (x + 0.044715 * x * x * x)))
			}
			Self::Silu => x * sigmoid(x),
			Self::HardSwish => x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
			Self::Mish => x * libm::tanh(softplus(x)),
			Self::Softplus => softplus(x),
			Self::Softsign => x / (1.0 + x.abs()),
			Self::Clip => x.clamp(0.0, 1.0),
			Self::Elu(slope) => {
				if x > 0.0 {
					x
				} else {
					slope.value() * libm::expm1(x)
				}
			}
			Self::Leaky(slope) => {
				if x > 0.0 {
					x
				} else {
					slope.value() * x
				}
			}
			Self::Around(inner) => x + inner.curve().of(x),
		}
	}
}

/// The arguments of a table: byte `i` stands for `(i - zero) * 2^-exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
	/// How fine they are.
	pub exponent: i32,
	/// The byte of zero.
	pub zero: u8,
}

impl Grid {
	/// The coarsest and the finest exponent.
	pub(super) const EXPONENTS: core::ops::RangeInclusive<i32> = -16..=16;

	/// The bytes of zero are multiples of this.
	pub(super) const ZEROS: u8 = 32;

	/// What a step is worth.
	pub fn step(self) -> f64 {
		2f64.powi(-self.exponent)
	}

	/// What a byte stands for.
	pub fn argument(self, byte: u8) -> f64 {
		(f64::from(byte) - f64::from(self.zero)) * self.step()
	}
}

/// The table of a curve: its value at each argument, as one of 256 levels from the smallest to the largest
/// of them.
pub struct Table {
	/// The byte of the value at each byte of the argument.
	pub bytes: [u8; BYTES],
	/// The value of the lowest level.
	pub low: f64,
	/// What a level is worth.
	pub step: f64,
}

impl Table {
	/// That of a curve on a grid.
	pub fn new(curve: Curve, grid: Grid) -> Self {
		let values: [f64; BYTES] = core::array::from_fn(|byte| curve.of(grid.argument(byte as u8)));
		let low = values.iter().copied().fold(f64::INFINITY, f64::min);
		let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
		let levels = f64::from(u8::MAX);
		let step = (high - low) / levels;
		let step = if step.is_normal() { step } else { 1.0 };
		// The quotient is within the levels but for its rounding.
		let bytes = values.map(|value| round((value - low) / step).clamp(0.0, levels) as u8);
		Self { bytes, low, step }
	}
}
