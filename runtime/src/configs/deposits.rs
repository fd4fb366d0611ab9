// SPDX-License-Identifier: Apache-2.0

//! What storage costs while it is occupied: [`deposit`], held on whoever occupies it.

use crate::{constants::deposit, Balance};
use frame_support::traits::Footprint;
use sp_runtime::{traits::Convert, SaturatedConversion};

/// The deposit for a footprint.
pub struct StoragePrice;

impl Convert<Footprint, Balance> for StoragePrice {
	fn convert(footprint: Footprint) -> Balance {
		deposit(footprint.count.saturated_into(), footprint.size.saturated_into())
	}
}
