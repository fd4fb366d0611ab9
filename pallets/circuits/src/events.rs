// SPDX-License-Identifier: Apache-2.0

//! What the pallet tells the world. Part of [`crate::pallet`], which imports it.

#[frame_support::pallet_macros::pallet_section]
mod events {
	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A circuit was registered.
		Registered {
			/// The new circuit.
			circuit: CircuitId,
			/// Who registered it and paid the deposit.
			depositor: T::AccountId,
			/// The proof system that it is of.
			system: SystemId,
			/// How statements about it become public inputs.
			schema: StatementSchema,
			/// How its setup was run, in the depositor's words. Proofs for a circuit with a
			/// development setup can be forged by whoever ran it, and nothing shows yet that a
			/// ceremony was one; see [`Event::Attested`].
			declared: SetupKind,
		},
		/// A circuit was removed: its depositor has the deposit back, and nothing relies on it.
		Deregistered {
			/// The former circuit.
			circuit: CircuitId,
			/// Who got the deposit back, now or before.
			depositor: T::AccountId,
		},
		/// A circuit's deposit was returned. The circuit stays as long as something relies on it, which has
		/// paid for it as well, or it is frozen.
		DepositReturned {
			/// The circuit.
			circuit: CircuitId,
			/// Who got the deposit back.
			depositor: T::AccountId,
		},
		/// [`Config::AttestOrigin`] vouches that a circuit's setup was the ceremony that its
		/// depositor declares.
		Attested {
			/// The circuit.
			circuit: CircuitId,
		},
		/// [`Config::AttestOrigin`] does not vouch for a circuit's setup any more.
		AttestationWithdrawn {
			/// The circuit.
			circuit: CircuitId,
		},
		/// A circuit was frozen: no proofs, models, jobs or claims until it is unfrozen.
		Frozen {
			/// The circuit.
			circuit: CircuitId,
		},
		/// A circuit is in use again.
		Unfrozen {
			/// The circuit.
			circuit: CircuitId,
		},
	}
}
