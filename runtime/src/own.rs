// SPDX-License-Identifier: Apache-2.0

//! What the runtime has to know of one of Candor's own pallets, beside its configuration. Each says it in
//! its file in `configs/`, and [`OWN`](crate::OWN) has all of them.

#[cfg(any(feature = "try-runtime", feature = "std"))]
use crate::books::Ledger;
use crate::configs::proxy::Reach;

/// One of Candor's own pallets.
pub struct Own {
	/// Its name in the runtime.
	pub name: &'static str,
	/// Its calls, and which proxies may make them.
	pub calls: &'static [(&'static str, Reach)],
	/// How its books are checked; `None` for a pallet that holds no money.
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	pub ledger: Option<Ledger>,
}
