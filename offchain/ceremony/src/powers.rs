// SPDX-License-Identifier: Apache-2.0
//! Powers of tau for a domain: what every first key is computed from.

use crate::{
	digest::Digest,
	equation::{are_powers_g1, are_powers_g2, outside_g1, outside_g2, same_multiple},
	lagrange::{is_basis, Bases},
};
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_poly::EvaluationDomain;
use candor_bn254::encoding::{encode_g1, encode_g2, G1_BYTES, G2_BYTES};
use candor_prover::Domain;
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::fmt;

/// Powers of the secrets `τ, α, β` of a first phase, for a domain of `n` points. They are consistent:
/// whoever has them has checked them.
#[derive(Clone, Debug, PartialEq)]
pub struct Powers {
	pub(crate) lists: Lists,
	/// What first keys are made of, where it came with the powers; it follows from them.
	pub(crate) bases: Option<Bases>,
	pub(crate) contributions: Vec<PowersContribution>,
}

/// The points of [`Powers`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lists {
	/// `[τ^i]₁` for `i` up to `2n - 2`.
	pub tau_g1: Vec<G1Affine>,
	/// `[τ^i]₂` for `i` up to `n`.
	pub tau_g2: Vec<G2Affine>,
	/// `[α τ^i]₁` for `i` below `n`.
	pub alpha_g1: Vec<G1Affine>,
	/// `[β τ^i]₁` for `i` below `n`.
	pub beta_g1: Vec<G1Affine>,
	/// `[β]₂`.
	pub beta_g2: G2Affine,
}

/// What a file of powers says of somebody who contributed to them. It is a word: see
/// [`crate::ptau`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowersContribution {
	/// The name that was given.
	pub name: Option<String>,
	/// Whether it is a public random value.
	pub beacon: bool,
}

/// One of the lists of powers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowersList {
	/// `[τ^i]₁`.
	TauG1,
	/// `[τ^i]₂`.
	TauG2,
	/// `[α τ^i]₁`.
	AlphaG1,
	/// `[β τ^i]₁`.
	BetaG1,
	/// `[β]₂`.
	BetaG2,
}

impl fmt::Display for PowersList {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::TauG1 => "tau in the first group",
			Self::TauG2 => "tau in the second group",
			Self::AlphaG1 => "alpha tau",
			Self::BetaG1 => "beta tau",
			Self::BetaG2 => "beta in the second group",
		})
	}
}

/// Why points are no powers of tau.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PowersFault {
	/// A point is not on its curve or not in the subgroup of prime order.
	#[error("point {index} of {list} lies outside the group of prime order")]
	OutsideGroup {
		/// The list.
		list: PowersList,
		/// The position in it, from zero.
		index: usize,
	},
	/// A secret is zero.
	#[error("{0} holds the point at infinity: a secret is zero")]
	Infinity(PowersList),
	/// The first power is not the generator.
	#[error("the powers of {0} do not begin with the generator")]
	Generator(PowersList),
	/// The points are not the powers of one secret.
	#[error("{0} does not hold the powers of one secret")]
	NotPowers(PowersList),
	/// `β` differs between the groups.
	#[error("beta is not the same in both groups")]
	Beta,
	/// `τ` is a point of the domain, as that of powers to which nobody contributed is.
	#[error("tau is a root of unity, which everybody can guess: nobody has contributed to them")]
	OnDomain,
	/// A Lagrange basis that came with the powers is not theirs.
	#[error(
		"the Lagrange basis of {0} that was prepared with the powers does not follow from them; \
		 prepare them again with `snarkjs powersoftau prepare phase2`"
	)]
	Basis(PowersList),
}

impl Powers {
	/// The number of points of the domain that they are for.
	pub fn domain_size(&self) -> usize {
		self.lists.domain_size()
	}

	/// What the file that they come from says of those who contributed. Empty for powers that were
	/// made for development.
	pub fn contributions(&self) -> &[PowersContribution] {
		&self.contributions
	}

	/// What a proving key is checked with, and is written with.
	pub fn of_key(&self) -> candor_prover::Powers {
		let Lists { tau_g1, tau_g2, .. } = &self.lists;
		let size = self.domain_size();
		candor_prover::Powers {
			g1: tau_g1[..size].to_vec(),
			tau_g2: tau_g2[1],
			tau_n_g2: tau_g2[size],
		}
	}

	/// The hash of the powers. Files of different sizes that begin alike give the same.
	pub fn digest(&self) -> Digest {
		let Lists { tau_g1, tau_g2, alpha_g1, beta_g1, beta_g2 } = &self.lists;
		let mut bytes = Vec::with_capacity(
			8 + (tau_g1.len() + alpha_g1.len() + beta_g1.len()) * G1_BYTES
				+ (tau_g2.len() + 1) * G2_BYTES,
		);
		bytes.extend((self.domain_size() as u64).to_le_bytes());
		for list in [tau_g1, alpha_g1, beta_g1] {
			let points: Vec<_> = list.par_iter().map(encode_g1).collect();
			bytes.extend(points.concat());
		}
		let points: Vec<_> = tau_g2.par_iter().map(encode_g2).collect();
		bytes.extend(points.concat());
		bytes.extend(encode_g2(beta_g2));
		Digest::of(&bytes)
	}
}

impl Bases {
	/// Checks that they are the Lagrange bases of a domain at what `lists` holds the powers of, which were
	/// checked before.
	pub fn check<R: RngCore + CryptoRng>(
		&self,
		lists: &Lists,
		rng: &mut R,
	) -> Result<(), PowersFault> {
		let Self { tau_g1, tau_g2, alpha_g1, beta_g1 } = self;
		let size = lists.domain_size();
		let domain = Domain::new(size).expect("there are powers for no larger domain; qed");
		for (list, basis, powers) in [
			(PowersList::TauG1, tau_g1, &lists.tau_g1),
			(PowersList::AlphaG1, alpha_g1, &lists.alpha_g1),
			(PowersList::BetaG1, beta_g1, &lists.beta_g1),
		] {
			let is_theirs =
				outside_g1(basis).is_none() && is_basis(&domain, basis, &powers[..size], rng);
			if !is_theirs {
				return Err(PowersFault::Basis(list));
			}
		}
		let is_theirs =
			outside_g2(tau_g2).is_none() && is_basis(&domain, tau_g2, &lists.tau_g2[..size], rng);
		if !is_theirs {
			return Err(PowersFault::Basis(PowersList::TauG2));
		}
		Ok(())
	}
}

impl Lists {
	pub fn domain_size(&self) -> usize {
		self.alpha_g1.len()
	}

	/// Checks that the points are powers of one `τ`, times `α` and `β`, all of them in their groups. Their
	/// numbers are those of a domain of two points or more.
	pub fn check<R: RngCore + CryptoRng>(&self, rng: &mut R) -> Result<(), PowersFault> {
		let Self { tau_g1, tau_g2, alpha_g1, beta_g1, beta_g2 } = self;
		for (list, points) in [
			(PowersList::TauG1, tau_g1),
			(PowersList::AlphaG1, alpha_g1),
			(PowersList::BetaG1, beta_g1),
		] {
			if let Some(index) = outside_g1(points) {
				return Err(PowersFault::OutsideGroup { list, index });
			}
			if points.iter().any(AffineRepr::is_zero) {
				return Err(PowersFault::Infinity(list));
			}
		}
		for (list, points) in [
			(PowersList::TauG2, tau_g2.as_slice()),
			(PowersList::BetaG2, std::slice::from_ref(beta_g2)),
		] {
			if let Some(index) = outside_g2(points) {
				return Err(PowersFault::OutsideGroup { list, index });
			}
			if points.iter().any(AffineRepr::is_zero) {
				return Err(PowersFault::Infinity(list));
			}
		}
		if tau_g1[0] != G1Affine::generator() {
			return Err(PowersFault::Generator(PowersList::TauG1));
		}
		if tau_g2[0] != G2Affine::generator() {
			return Err(PowersFault::Generator(PowersList::TauG2));
		}
		for (list, points) in [
			(PowersList::TauG1, tau_g1),
			(PowersList::AlphaG1, alpha_g1),
			(PowersList::BetaG1, beta_g1),
		] {
			if !are_powers_g1(points, tau_g2[1], rng) {
				return Err(PowersFault::NotPowers(list));
			}
		}
		if !are_powers_g2(tau_g2, tau_g1[1], rng) {
			return Err(PowersFault::NotPowers(PowersList::TauG2));
		}
		if !same_multiple(beta_g1[0], *beta_g2) {
			return Err(PowersFault::Beta);
		}
		if tau_g2[self.domain_size()] == G2Affine::generator() {
			return Err(PowersFault::OnDomain);
		}
		Ok(())
	}
}
