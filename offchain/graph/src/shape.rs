// SPDX-License-Identifier: Apache-2.0
//! The dimensions of a value.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The most elements of a value.
pub const MAX_ELEMENTS: usize = 1 << 24;

/// Why dimensions are no shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
	/// There are no dimensions.
	#[error("a shape has at least one dimension")]
	Empty,
	/// A dimension is zero.
	#[error("dimension {position} is zero")]
	Zero {
		/// The dimension, from zero.
		position: usize,
	},
	/// More than [`MAX_ELEMENTS`] elements.
	#[error("a value has at most {MAX_ELEMENTS} elements")]
	Elements,
}

/// The dimensions of a value, without that of the batch, outermost first: `[features]`,
/// `[channels, height, width]`. None of them is zero, and there are at most [`MAX_ELEMENTS`]
/// elements.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<usize>")]
pub struct Shape(Vec<usize>);

impl Shape {
	/// Checks dimensions.
	///
	/// # Errors
	///
	/// [`ShapeError`] when there are none, one is zero or there are too many elements.
	pub fn new(dims: Vec<usize>) -> Result<Self, ShapeError> {
		if dims.is_empty() {
			return Err(ShapeError::Empty);
		}
		if let Some(position) = dims.iter().position(|dim| *dim == 0) {
			return Err(ShapeError::Zero { position });
		}
		let elements = dims.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim));
		match elements {
			Some(elements) if elements <= MAX_ELEMENTS => Ok(Self(dims)),
			_ => Err(ShapeError::Elements),
		}
	}

	/// The shape of a list of so many elements.
	///
	/// # Errors
	///
	/// [`ShapeError`] when there are none or too many.
	pub fn vector(elements: usize) -> Result<Self, ShapeError> {
		Self::new(vec![elements])
	}

	/// The dimensions, at least one.
	pub fn dims(&self) -> &[usize] {
		&self.0
	}

	/// The number of elements, at least one.
	pub fn elements(&self) -> usize {
		self.0.iter().product()
	}

	/// The length of a list; nothing where there are more dimensions.
	pub fn as_vector(&self) -> Option<usize> {
		match self.0[..] {
			[elements] => Some(elements),
			_ => None,
		}
	}

	/// The same elements as a list.
	pub fn flattened(&self) -> Self {
		Self(vec![self.elements()])
	}
}

impl TryFrom<Vec<usize>> for Shape {
	type Error = ShapeError;

	fn try_from(dims: Vec<usize>) -> Result<Self, ShapeError> {
		Self::new(dims)
	}
}

/// `[3, 28, 28]`
impl fmt::Display for Shape {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:?}", self.0)
	}
}

/// As [`Display`](fmt::Display).
impl fmt::Debug for Shape {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn elements_are_counted_over_all_dimensions() {
		let shape = Shape::new(vec![3, 4, 5]).expect("small");
		assert_eq!((shape.elements(), shape.as_vector()), (60, None));
		assert_eq!(shape.flattened(), Shape::vector(60).expect("small"));
		assert_eq!(shape.flattened().as_vector(), Some(60));
		assert_eq!(shape.to_string(), "[3, 4, 5]");
	}

	#[test]
	fn empty_and_overflowing_shapes_are_refused() {
		assert_eq!(Shape::new(vec![]), Err(ShapeError::Empty));
		assert_eq!(Shape::new(vec![2, 0]), Err(ShapeError::Zero { position: 1 }));
		for dims in [vec![MAX_ELEMENTS + 1], vec![usize::MAX, 2], vec![1 << 13, 1 << 13]] {
			assert_eq!(Shape::new(dims), Err(ShapeError::Elements));
		}
		assert!(Shape::vector(MAX_ELEMENTS).is_ok());
		assert!(serde_json::from_str::<Shape>("[3,0]").is_err());
	}
}
