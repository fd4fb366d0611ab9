// SPDX-License-Identifier: Apache-2.0
//! Why a runtime or a transaction pool refuses, and what to do about it.

use super::{events, included::Included};
use subxt::{
	error::{DispatchError, ModuleError},
	metadata::Metadata,
};

/// The code of a pool's answer to a transaction that is invalid as it stands.
const POOL_INVALID: i32 = 1010;

/// What a pool says of invalid transactions, in the words of `sp-runtime`, by the names there.
const INVALID: &[(&str, &str)] = &[
	("Transaction call is not expected", "InvalidTransaction.Call"),
	("Inability to pay some fees", "InvalidTransaction.Payment"),
	("Transaction will be valid in the future", "InvalidTransaction.Future"),
	("Transaction is outdated", STALE),
	("Transaction has a bad signature", BAD_PROOF),
	("Transaction has an ancient birth block", ANCIENT),
	("Transaction would exhaust the block limits", "InvalidTransaction.ExhaustsResources"),
	("Invalid signing address", "InvalidTransaction.BadSigner"),
	("The implicit data was unable", "InvalidTransaction.IndeterminateImplicit"),
	("The transaction extension did not authorize", "InvalidTransaction.UnknownOrigin"),
	("Custom error", "InvalidTransaction.Custom"),
];

/// The other answers of a pool, by the codes of the node's RPC.
const POOL: &[(i32, &str)] = &[
	(1011, "Pool.UnknownValidity"),
	(1012, "Pool.TemporarilyBanned"),
	(1013, ALREADY_IMPORTED),
	(1014, LOW_PRIORITY),
	(1015, "Pool.CycleDetected"),
	(1016, "Pool.Full"),
	(1018, "Pool.Unactionable"),
	(1019, "Pool.NoTags"),
	(1020, "Pool.InvalidBlockId"),
	(1021, "Pool.Future"),
];

const STALE: &str = "InvalidTransaction.Stale";
const BAD_PROOF: &str = "InvalidTransaction.BadProof";
const ANCIENT: &str = "InvalidTransaction.AncientBirthBlock";
const LOW_PRIORITY: &str = "Pool.LowPriority";
const USURPED: &str = "Pool.Usurped";
const ALREADY_IMPORTED: &str = "Pool.AlreadyImported";

/// Why a call is refused, in the words of the runtime or of the pool.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {explanation}")]
pub struct Refusal {
	/// `Pallet.Error`, or what takes its place.
	pub name: String,
	/// What the runtime's documentation says about it, and the error's fields where it has any.
	pub explanation: String,
	/// Where the transaction stands that failed; nowhere if it was not even included.
	pub included: Option<Box<Included>>,
}

impl Refusal {
	/// A refusal without a transaction.
	pub(super) fn new(name: impl Into<String>, explanation: impl Into<String>) -> Self {
		Self { name: name.into(), explanation: explanation.into(), included: None }
	}

	/// A failed call.
	pub fn of_dispatch(error: &DispatchError, metadata: &Metadata) -> Self {
		match error {
			DispatchError::Module(module) => Self::of_module(module, metadata),
			DispatchError::Token(token) => Self::token(&format!("{token:?}"), &token.to_string()),
			other => Self::new(variant(other), other.to_string()),
		}
	}

	fn of_module(error: &ModuleError, metadata: &Metadata) -> Self {
		let [pallet, error @ ..] = error.bytes();
		Self::of_indices(pallet, error, metadata)
	}

	/// The refusal that the index of a pallet and the bytes of its error stand for.
	pub fn of_indices(pallet: u8, error: [u8; 4], metadata: &Metadata) -> Self {
		let [index, fields @ ..] = error;
		let found = metadata.pallet_by_error_index(pallet).and_then(|pallet| {
			let variant = pallet.error_variant_by_index(index)?;
			let mut explanation = variant.docs.join(" ").trim().to_owned();
			let fields = events::fields(&mut &fields[..], &variant.fields, metadata.types());
			if !fields.is_empty() {
				let fields: Vec<_> = fields
					.iter()
					.map(|(name, value)| format!("{name}: {}", events::plain(value)))
					.collect();
				explanation.push_str(&format!(" ({})", fields.join(", ")));
			}
			Some(Self::new(format!("{}.{}", pallet.name(), variant.name), explanation))
		});
		found.unwrap_or_else(|| {
			Self::new("Module", format!("error {index} of the pallet with index {pallet}"))
		})
	}

	/// Money is missing or cannot be moved.
	pub fn token(kind: &str, explanation: &str) -> Self {
		Self::new(format!("Token.{kind}"), explanation)
	}

	/// A transaction that the pool does not take, by the code of its answer. `None` where the answer is
	/// about something else.
	pub(super) fn of_pool(code: i32, message: &str, detail: &str) -> Option<Self> {
		let explanation = match detail {
			"" => message.to_owned(),
			detail => detail.to_owned(),
		};
		if code == POOL_INVALID {
			let known = INVALID.iter().find(|(words, _)| explanation.starts_with(words));
			return Some(Self::new(
				known.map_or("InvalidTransaction", |(_, name)| name),
				explanation,
			));
		}
		let (_, name) = POOL.iter().find(|(known, _)| *known == code)?;
		Some(Self::new(*name, explanation))
	}

	/// A transaction that was in the pool, whose place another one of the same account has taken in a
	/// finalised block.
	pub(super) fn usurped() -> Self {
		Self::new(USURPED, "another transaction of the same account has taken its place")
	}

	/// A transaction that was in the pool, and that no block has included in its time.
	pub(super) fn expired() -> Self {
		Self::new("Pool.Expired", "no block has included the transaction in time")
	}

	/// A transaction that the pool had taken and has dropped.
	pub(super) fn dropped() -> Self {
		Self::new("Pool.Dropped", "the pool has dropped the transaction: it was full")
	}

	/// A transaction that the pool had taken, and that has become invalid.
	pub(super) fn invalidated() -> Self {
		Self::new(
			"Pool.Invalid",
			"the transaction has become invalid before a block could include it",
		)
	}

	/// Whether it is this error of this pallet.
	pub fn is(&self, name: &str) -> bool {
		self.name == name
	}

	/// Whether another transaction of the same account came first, so that one with the next nonce may
	/// succeed.
	pub(super) fn is_lost_race(&self) -> bool {
		[STALE, LOW_PRIORITY, USURPED].contains(&self.name.as_str())
	}

	/// Whether what was signed besides the call was no longer true: the runtime's version.
	pub(super) fn is_out_of_date(&self) -> bool {
		self.is(BAD_PROOF)
	}

	/// Whether the pool does not know the block as of which it was signed, which is recent: so the pool
	/// is behind the chain, and may catch up.
	pub(super) fn is_ahead_of_pool(&self) -> bool {
		self.is(ANCIENT)
	}

	/// Whether its nonce is used.
	pub(super) fn is_outdated(&self) -> bool {
		self.is(STALE)
	}

	/// Whether the pool has the same transaction already.
	pub(super) fn is_already_there(&self) -> bool {
		self.is(ALREADY_IMPORTED)
	}

	/// What to do, where that is known.
	pub fn what_to_do(&self) -> Option<&'static str> {
		HINTS.iter().find(|(name, _)| *name == self.name).map(|(_, hint)| *hint)
	}
}

const NO_MONEY: &str =
	"send some CNDR to the account first; `candor account balance` shows what it has";
const RACE: &str =
	"other transactions of the same account were sent at the same time, and this one \
	changed nothing: send it again";
const CROWDED: &str =
	"the chain is busy, and this transaction changed nothing: send it again later";

/// What to do about refusals whose own words do not say it.
const HINTS: &[(&str, &str)] = &[
	("Circuits.AlreadyRegistered", "nothing to do: go on with `candor model register`"),
	("Circuits.SchemaMismatch", "the verifying key is of another architecture: run `candor setup`"),
	(
		"InvalidTransaction",
		"nothing was changed: `candor --version` and the node should belong together",
	),
	(
		ANCIENT,
		"the node lags behind its chain: wait until it has caught up, or name another with --url",
	),
	(
		BAD_PROOF,
		"the chain was upgraded or is not what the node says: run the command again, and use the \
		 release of `candor` that belongs to the chain",
	),
	("InvalidTransaction.BadSigner", "sign with another account: this one may send nothing"),
	("InvalidTransaction.Call", "the chain does not take this call from anybody at present"),
	(
		"InvalidTransaction.Custom",
		"a rule of this chain's own refuses it: ask those who run the chain",
	),
	("InvalidTransaction.ExhaustsResources", CROWDED),
	("InvalidTransaction.Future", RACE),
	(
		"InvalidTransaction.IndeterminateImplicit",
		"use the release of `candor` that belongs to the chain",
	),
	("InvalidTransaction.Payment", NO_MONEY),
	(STALE, RACE),
	("InvalidTransaction.UnknownOrigin", "use the release of `candor` that belongs to the chain"),
	("Jobs.BondBelowMinimum", "add to the bond with `candor worker bond`"),
	("Jobs.DeadlineTooFar", "give a smaller --deadline"),
	(
		"Jobs.DeadlineTooSoon",
		"give a --deadline that is larger by so many blocks, or a smaller --proving-period",
	),
	(
		"Jobs.DevelopmentSetup",
		"whoever ran the setup of this circuit could forge proofs: use a model under another one, or accept it \
		 with --any-setup",
	),
	("Jobs.DeprecatedVersion", "look for a newer version of the model"),
	("Jobs.InsufficientBond", "finish open jobs first, or add to the bond with `candor worker bond`"),
	(
		"Jobs.InvalidProof",
		"prove for this chain, job and worker: use `candor job submit` or the worker",
	),
	(
		"Jobs.NotAttested",
		"nobody vouches for the setup of this circuit: use a model under another one, or open the job \
		 without --attested",
	),
	("Jobs.NotNamed", "leave the job to the workers that its requester has named"),
	("Jobs.NotRegistered", "run `candor worker register` first"),
	("Jobs.OwnClaimOverdue", "run `candor job expire` for the job first"),
	("Jobs.PriceTooLow", "give a higher --price"),
	("Jobs.PayoutTooLow", "give a higher --price"),
	("Jobs.ProvingPeriodTooLong", "give a smaller --proving-period"),
	("Jobs.ProvingPeriodTooShort", "give a larger --proving-period"),
	("Jobs.RampTooLong", "give a smaller --ramp or --proving-period, or a larger --deadline"),
	("Jobs.RampWithoutRise", "give a --max-price above --price, and a --ramp of a block at least"),
	("Jobs.UnknownModel", "`candor model register` prints the id of a model and its version"),
	(
		"Models.InvalidProof",
		"prove possession for this chain, circuit and account: `candor model register` does",
	),
	(
		"Models.NothingOwed",
		"no job on this version was settled since its royalties were collected last: try again later",
	),
	("Models.OwnerCannotReceive", "the model's owner needs an account first: send it some CNDR"),
	("Models.UncollectedRoyalty", "run `candor model collect` for the version first"),
	("Models.UnknownCircuit", "run `candor circuit register` with the same folder first"),
	("Models.NotOwner", "sign with the account that registered the model"),
	("Models.RoyaltyTooHigh", "give a lower --royalty"),
	("Pool.AlreadyImported", "nothing to do: this very transaction is on its way"),
	("Pool.CycleDetected", RACE),
	(
		"Pool.Dropped",
		"look at the chain first, since other nodes may still have it; then send it again",
	),
	("Pool.Expired", "nothing was changed, and it can no longer be included: send it again"),
	("Pool.Full", CROWDED),
	("Pool.Future", RACE),
	(
		"Pool.Invalid",
		"`candor account balance` shows whether the account can still pay for it; send it again",
	),
	("Pool.InvalidBlockId", "the node lags behind its chain: wait until it has caught up"),
	(LOW_PRIORITY, RACE),
	("Pool.NoTags", "use the release of `candor` that belongs to the chain"),
	("Pool.TemporarilyBanned", "the node has refused it a moment ago: wait for half an hour"),
	(
		"Pool.Unactionable",
		"connect to another node: this one neither makes blocks nor passes it on",
	),
	(
		"Pool.UnknownValidity",
		"is the node at the chain's head? Nothing was changed: send it again later",
	),
	(USURPED, RACE),
	("Token.FundsUnavailable", NO_MONEY),
	("Token.BelowMinimum", NO_MONEY),
	("Workers.AlreadyRegistered", "nothing to do: go on with `candor worker run`"),
	("Workers.BondLocked", "open jobs lock the rest: `candor worker status` shows how much"),
	("Workers.BondTooSmall", "leave or give more: `candor worker status` shows the bond"),
	("Workers.NotRegistered", "run `candor worker register` first"),
	("Workers.OpenJobs", "finish open jobs first: `candor worker status` counts them"),
];

/// The name of a variant without its fields.
fn variant(error: &impl std::fmt::Debug) -> String {
	let text = format!("{error:?}");
	text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::api;

	#[test]
	fn every_hint_is_about_an_error_that_exists() {
		let metadata = api::built_for();
		let of_pools = |name: &str| {
			INVALID.iter().any(|(_, known)| *known == name)
				|| POOL.iter().any(|(_, known)| *known == name)
				|| [
					Refusal::usurped(),
					Refusal::expired(),
					Refusal::dropped(),
					Refusal::invalidated(),
				]
				.iter()
				.any(|refusal| refusal.is(name))
				|| name == "InvalidTransaction"
		};
		for (name, _) in HINTS {
			if name.starts_with("Token.") || of_pools(name) {
				continue;
			}
			let (pallet, error) = name.split_once('.').unwrap();
			let variants = metadata.pallet_by_name(pallet).unwrap().error_variants().unwrap();
			assert!(variants.iter().any(|variant| variant.name == error), "{name}");
		}
	}

	#[test]
	fn every_refusal_of_a_pool_has_a_hint() {
		for (words, name) in INVALID {
			let refusal = Refusal::of_pool(POOL_INVALID, "Invalid Transaction", words).unwrap();
			assert!(refusal.is(name), "{refusal}");
			assert!(refusal.what_to_do().is_some(), "{refusal}");
		}
		for (code, name) in POOL {
			let refusal = Refusal::of_pool(*code, "in words", "").unwrap();
			assert!(refusal.is(name) && refusal.what_to_do().is_some(), "{refusal}");
		}
		let unheard_of = Refusal::of_pool(POOL_INVALID, "Invalid Transaction", "news").unwrap();
		assert_eq!(unheard_of.to_string(), "InvalidTransaction: news");
		assert!(unheard_of.what_to_do().is_some());
		assert_eq!(Refusal::of_pool(4003, "Client error", ""), None);
	}

	#[test]
	fn a_refusal_is_told_in_the_words_of_the_runtime() {
		let metadata = api::built_for();
		let jobs = metadata.pallet_by_name("Jobs").unwrap();
		let error =
			jobs.error_variants().unwrap().iter().find(|it| it.name == "PriceTooLow").unwrap();
		let refusal = Refusal::of_indices(jobs.error_index(), [error.index, 0, 0, 0], &metadata);
		assert_eq!(refusal.to_string(), "Jobs.PriceTooLow: The price is below the minimum.");
		assert_eq!(refusal.what_to_do(), Some("give a higher --price"));
	}

	#[test]
	fn the_fields_of_a_refusal_are_told() {
		let metadata = api::built_for();
		let jobs = metadata.pallet_by_name("Jobs").unwrap();
		let error = jobs.error_variants().unwrap().iter().find(|it| it.name == "BadItem").unwrap();
		let refusal = Refusal::of_indices(jobs.error_index(), [error.index, 3, 0, 0], &metadata);
		assert!(refusal.explanation.contains("(item: 3, reason: "), "{refusal}");
	}

	#[test]
	fn only_lost_races_are_worth_another_nonce() {
		let pool = |code, detail| Refusal::of_pool(code, "", detail).unwrap();
		assert!(pool(1010, "Transaction is outdated").is_lost_race());
		assert!(pool(1014, "The transaction has too low priority").is_lost_race());
		assert!(Refusal::usurped().is_lost_race());
		for other in [pool(1010, "Inability to pay some fees"), pool(1016, ""), Refusal::expired()]
		{
			assert!(!other.is_lost_race(), "{other}");
		}
	}
}
