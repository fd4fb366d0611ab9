// SPDX-License-Identifier: Apache-2.0
//! Vectors of eight integers, with the instructions of AVX-512 F and IFMA.
//!
//! The project's only unsafe code: instructions that not every processor has, and that a function has to be compiled
//! for. What is here is always inlined into [`super::add_pairs`], which is, and which begins when the processor
//! was asked.
#![allow(unsafe_code)]

use core::arch::x86_64::*;

/// Eight integers of 64 bits, a lane each.
#[derive(Clone, Copy)]
pub(super) struct Integers(__m512i);

/// A bit for each lane.
pub type Mask = u8;

// SAFETY of all of the following: see above. Those that take addresses read what is behind references.
impl Integers {
	/// The same integer in all lanes.
	#[inline(always)]
	pub fn all(value: u64) -> Self {
		Self(unsafe { _mm512_set1_epi64(value.cast_signed()) })
	}

	/// The sum.
	#[inline(always)]
	pub fn plus(self, other: Self) -> Self {
		Self(unsafe { _mm512_add_epi64(self.0, other.0) })
	}

	/// The difference.
	#[inline(always)]
	pub fn minus(self, other: Self) -> Self {
		Self(unsafe { _mm512_sub_epi64(self.0, other.0) })
	}

	/// The bits that both have.
	#[inline(always)]
	pub fn and(self, other: Self) -> Self {
		Self(unsafe { _mm512_and_si512(self.0, other.0) })
	}

	/// The bits that one of them has.
	#[inline(always)]
	pub fn or(self, other: Self) -> Self {
		Self(unsafe { _mm512_or_si512(self.0, other.0) })
	}

	/// The bits that differ.
	#[inline(always)]
	pub fn xor(self, other: Self) -> Self {
		Self(unsafe { _mm512_xor_si512(self.0, other.0) })
	}

	/// Bits moved up.
	#[inline(always)]
	pub fn up<const BITS: u32>(self) -> Self {
		Self(unsafe { _mm512_slli_epi64::<BITS>(self.0) })
	}

	/// Bits moved down.
	#[inline(always)]
	pub fn down<const BITS: u32>(self) -> Self {
		Self(unsafe { _mm512_srli_epi64::<BITS>(self.0) })
	}

	/// Bits moved down, of integers with a sign.
	#[inline(always)]
	pub fn down_signed<const BITS: u32>(self) -> Self {
		Self(unsafe { _mm512_srai_epi64::<BITS>(self.0) })
	}

	/// Plus the low 52 bits of the product of two others, of which the low 52 bits count.
	#[inline(always)]
	pub fn plus_low(self, left: Self, right: Self) -> Self {
		Self(unsafe { _mm512_madd52lo_epu64(self.0, left.0, right.0) })
	}

	/// Plus the high 52 bits of that product.
	#[inline(always)]
	pub fn plus_high(self, left: Self, right: Self) -> Self {
		Self(unsafe { _mm512_madd52hi_epu64(self.0, left.0, right.0) })
	}

	/// Which are zero.
	#[inline(always)]
	pub fn zeros(self) -> Mask {
		unsafe { _mm512_testn_epi64_mask(self.0, self.0) }
	}

	/// Which are below zero.
	#[inline(always)]
	pub fn negatives(self) -> Mask {
		unsafe { _mm512_cmplt_epi64_mask(self.0, _mm512_setzero_si512()) }
	}

	/// The lanes of another where the mask has a bit.
	#[inline(always)]
	pub fn or_where(self, mask: Mask, other: Self) -> Self {
		Self(unsafe { _mm512_mask_blend_epi64(mask, self.0, other.0) })
	}

	/// One after the other.
	#[inline(always)]
	pub fn to_array(self) -> [u64; 8] {
		unsafe { core::mem::transmute(self.0) }
	}

	/// The four words of eight rows.
	#[inline(always)]
	pub fn columns(rows: [&[u64; 4]; 8]) -> [Self; 4] {
		let (a, b) = (Self::both(rows[0], rows[2]), Self::both(rows[1], rows[3]));
		let (c, d) = (Self::both(rows[4], rows[6]), Self::both(rows[5], rows[7]));
		unsafe {
			let (ab_even, ab_odd) = (_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
			let (cd_even, cd_odd) = (_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
			[
				Self(_mm512_shuffle_i64x2::<0b10_00_10_00>(ab_even, cd_even)),
				Self(_mm512_shuffle_i64x2::<0b10_00_10_00>(ab_odd, cd_odd)),
				Self(_mm512_shuffle_i64x2::<0b11_01_11_01>(ab_even, cd_even)),
				Self(_mm512_shuffle_i64x2::<0b11_01_11_01>(ab_odd, cd_odd)),
			]
		}
	}

	/// Two rows behind each other.
	#[inline(always)]
	fn both(low: &[u64; 4], high: &[u64; 4]) -> __m512i {
		unsafe {
			let low = _mm256_loadu_si256(low.as_ptr().cast());
			let high = _mm256_loadu_si256(high.as_ptr().cast());
			_mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
		}
	}
}
