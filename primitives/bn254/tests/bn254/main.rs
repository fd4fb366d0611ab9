// SPDX-License-Identifier: Apache-2.0

//! The crate from the outside, in one program, which is linked once.

mod agreement;
mod bytes;
mod generic;
mod points;
