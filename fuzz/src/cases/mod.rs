// SPDX-License-Identifier: Apache-2.0

//! Structured input: what a case is, and what it has to come to. The targets run cases that libFuzzer
//! makes up; the generator of seeds runs its own, to see that they reach what they are named after.

pub mod batch;
pub mod statement;
pub mod verify;
