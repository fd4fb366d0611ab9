// SPDX-License-Identifier: Apache-2.0
//! What can go wrong with a chain, and what to do about it.

use crate::exit::Failure;
use subxt::{
	error::{
		BackendError, DispatchError, ExtrinsicError, ModuleError, RpcError,
		TransactionProgressError, TransactionStatusError,
	},
	metadata::Metadata,
	utils::H256,
};

/// What nodes say of blocks whose state they have pruned.
const DISCARDED: &str = "State already discarded";
/// The code of a node's answer to a transaction that is invalid as it stands.
const POOL_INVALID: i32 = 1010;
/// The codes of a node's answers about transactions that it does not take for other reasons.
const POOL_REFUSALS: std::ops::RangeInclusive<i32> = POOL_INVALID..=1019;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoConnection(String);

impl From<subxt::Error> for NoConnection {
	fn from(error: subxt::Error) -> Self {
		// Each layer of the client says its name; what happened comes last.
		let text = error.to_string();
		Self(text.rsplit("client error: ").next().unwrap_or_default().to_owned())
	}
}

/// Why a chain could not be used as intended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
	/// There is no connection.
	#[error("cannot connect to {url}")]
	Unreachable {
		/// Where to.
		url: String,
		/// Why not.
		source: NoConnection,
	},
	/// The chain's pallets are not those that this program was built for.
	#[error("the chain at {url} is not one that this program was built for: {what}")]
	OtherChain {
		/// Where it was found.
		url: String,
		/// What differs.
		what: String,
	},
	/// The runtime refuses.
	#[error(transparent)]
	Refused(#[from] Refusal),
	/// A transaction was sent, and its fate is not known.
	#[error("the fate of transaction {transaction:#x} is not known")]
	Uncertain {
		/// The transaction's hash.
		transaction: H256,
		/// What happened.
		source: Box<subxt::Error>,
	},
	/// A transaction succeeded without the event that it always causes.
	#[error("the transaction caused no event {0}")]
	EventMissing(&'static str),
	/// The connection was lost, or the node answers nonsense.
	#[error("the node does not answer as it should")]
	Node(#[from] Box<subxt::Error>),
}

/// Everything that is not told apart is the node's doing.
macro_rules! from_subxt {
	($($error:ident),* $(,)?) => {
		$(impl From<subxt::error::$error> for ChainError {
			fn from(error: subxt::error::$error) -> Self {
				Self::Node(Box::new(error.into()))
			}
		})*
	};
}

from_subxt!(
	BackendError,
	BlocksError,
	ConstantError,
	EventsError,
	OnlineClientAtBlockError,
	StorageError,
	StorageKeyError,
	StorageValueError,
	TransactionEventsError,
	ViewFunctionError,
);

impl From<subxt::rpcs::Error> for ChainError {
	fn from(error: subxt::rpcs::Error) -> Self {
		Self::Node(Box::new(error.into()))
	}
}

impl From<ExtrinsicError> for ChainError {
	fn from(error: ExtrinsicError) -> Self {
		match error {
			ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(
				RpcError::ClientError(subxt::rpcs::Error::User(answer)),
			)) if POOL_REFUSALS.contains(&answer.code) => {
				let detail = answer.data.as_ref().map_or("", |data| data.get().trim_matches('"'));
				Refusal::of_transaction(&format!("{} {detail}", answer.message)).into()
			}
			ExtrinsicError::TransactionStatusError(status) => status.into(),
			other => Self::Node(Box::new(other.into())),
		}
	}
}

impl From<TransactionStatusError> for ChainError {
	fn from(error: TransactionStatusError) -> Self {
		match error {
			TransactionStatusError::Invalid(message) | TransactionStatusError::Dropped(message) => {
				Refusal::of_transaction(&message).into()
			}
			other => Self::Node(Box::new(other.into())),
		}
	}
}

impl ChainError {
	/// An error that came while a transaction was watched.
	pub(super) fn while_watching(transaction: H256, error: TransactionProgressError) -> Self {
		match error {
			TransactionProgressError::TransactionStatusError(
				status @ (TransactionStatusError::Invalid(_) | TransactionStatusError::Dropped(_)),
			) => status.into(),
			other => Self::Uncertain { transaction, source: Box::new(other.into()) },
		}
	}

	/// The refusal, where it is one.
	pub fn refusal(&self) -> Option<&Refusal> {
		match self {
			Self::Refused(refusal) => Some(refusal),
			_ => None,
		}
	}
}

impl From<ChainError> for Failure {
	fn from(error: ChainError) -> Self {
		match error {
			ChainError::Refused(refusal) => {
				let hint = refusal.what_to_do().map(str::to_owned);
				let failure = Self::refused(refusal);
				match hint {
					Some(hint) => failure.hint(hint),
					None => failure,
				}
			},
			ChainError::Unreachable { .. } => Self::wrong_input(error)
				.hint("is the node running? Name another one with --url or CANDOR_URL"),
			ChainError::OtherChain { .. } => Self::wrong_input(error).hint(
				"connect to another node, or use the release of `candor` that belongs to this chain",
			),
			ChainError::Uncertain { .. } => Self::wrong_input(error).hint(
				"it may still be included: look at the chain before sending it again, for instance \
				 with `candor status` or `candor balance`",
			),
			ChainError::Node(ref cause) if cause.to_string().contains(DISCARDED) => {
				Self::wrong_input(error).hint(
					"the node keeps the state of recent blocks only: name a later block, or connect to \
					 an archive node",
				)
			},
			ChainError::EventMissing(_) | ChainError::Node(_) => {
				Self::wrong_input(error).hint("is the node still running and at the chain's head?")
			},
		}
	}
}

/// Why the runtime refuses a call, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {explanation}")]
pub struct Refusal {
	/// `Pallet.Error`, or what takes its place.
	pub name: String,
	/// What the runtime's documentation says about it.
	pub explanation: String,
}

impl Refusal {
	/// A failed call.
	pub fn of_dispatch(error: &DispatchError) -> Self {
		match error {
			DispatchError::Module(module) => Self::of_module(module),
			DispatchError::Token(token) => Self::token(&format!("{token:?}"), &token.to_string()),
			other => Self { name: variant(other), explanation: other.to_string() },
		}
	}

	fn of_module(error: &ModuleError) -> Self {
		match error.details() {
			Ok(details) => Self {
				name: format!("{}.{}", details.pallet.name(), details.variant.name),
				explanation: details.variant.docs.join(" ").trim().to_owned(),
			},
			Err(_) => Self { name: "Module".to_owned(), explanation: error.details_string() },
		}
	}

	/// The refusal that the indices of a pallet and of its error stand for.
	pub fn of_indices(pallet: u8, error: u8, metadata: &Metadata) -> Self {
		let found = metadata.pallet_by_error_index(pallet).and_then(|pallet| {
			let variant = pallet.error_variant_by_index(error)?;
			Some(Self {
				name: format!("{}.{}", pallet.name(), variant.name),
				explanation: variant.docs.join(" ").trim().to_owned(),
			})
		});
		found.unwrap_or_else(|| Self {
			name: "Module".to_owned(),
			explanation: format!("error {error} of the pallet with index {pallet}"),
		})
	}

	/// Money is missing or cannot be moved.
	pub fn token(kind: &str, explanation: &str) -> Self {
		Self { name: format!("Token.{kind}"), explanation: explanation.to_owned() }
	}

	/// A transaction that the pool did not take.
	pub(super) fn of_transaction(message: &str) -> Self {
		Self { name: "InvalidTransaction".to_owned(), explanation: message.trim().to_owned() }
	}

	/// Whether it is this error of this pallet.
	pub fn is(&self, name: &str) -> bool {
		self.name == name
	}

	/// What to do, where that is known.
	pub fn what_to_do(&self) -> Option<&'static str> {
		HINTS
			.iter()
			.find(|(name, _)| *name == self.name)
			.map(|(_, hint)| *hint)
			.or_else(|| self.explanation.contains("pay some fees").then_some(NO_MONEY))
	}
}

const NO_MONEY: &str = "send some CNDR to the account first; `candor balance` shows what it has";

/// What to do about refusals whose own words do not say it.
const HINTS: &[(&str, &str)] = &[
	("Circuits.AlreadyRegistered", "nothing to do: go on with `candor register model`"),
	("Circuits.SchemaMismatch", "the verifying key is of another architecture: run `candor setup`"),
	("Jobs.BondBelowMinimum", "add to the bond with the extrinsic workers.bondMore"),
	("Jobs.DeadlineTooFar", "give a smaller --deadline"),
	("Jobs.DeadlineTooSoon", "give a larger --deadline or a smaller --proving-period"),
	("Jobs.DeprecatedVersion", "look for a newer version of the model"),
	("Jobs.InsufficientBond", "finish open jobs first, or add to the bond"),
	(
		"Jobs.InvalidProof",
		"prove for this chain, job and worker: use `candor submit` or the worker",
	),
	("Jobs.NotRegistered", "run `candor register worker` first"),
	("Jobs.OwnClaimOverdue", "run `candor expire` for the job first"),
	("Jobs.PriceTooLow", "give a higher --price"),
	("Jobs.PayoutTooLow", "give a higher --price"),
	("Jobs.ProvingPeriodTooLong", "give a smaller --proving-period"),
	("Jobs.ProvingPeriodTooShort", "give a larger --proving-period"),
	("Jobs.UnknownModel", "`candor register model` prints the id of a model and its version"),
	("Models.DuplicateCommitment", "the model is registered already: use its id"),
	("Models.UnknownCircuit", "run `candor register circuit` with the same folder first"),
	("Models.NotOwner", "sign with the account that registered the model"),
	("Models.RoyaltyTooHigh", "give a lower --royalty"),
	("Token.FundsUnavailable", NO_MONEY),
	("Token.BelowMinimum", NO_MONEY),
	("Workers.AlreadyRegistered", "nothing to do: go on with `candor worker run`"),
	("Workers.BondTooSmall", "give a larger --bond"),
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
		for (name, _) in HINTS {
			let (pallet, error) = name.split_once('.').unwrap();
			if pallet == "Token" {
				continue;
			}
			let variants = metadata.pallet_by_name(pallet).unwrap().error_variants().unwrap();
			assert!(variants.iter().any(|variant| variant.name == error), "{name}");
		}
	}

	#[test]
	fn a_refusal_is_told_in_the_words_of_the_runtime() {
		let metadata = api::built_for();
		let jobs = metadata.pallet_by_name("Jobs").unwrap();
		let error =
			jobs.error_variants().unwrap().iter().find(|it| it.name == "PriceTooLow").unwrap();
		let refusal = Refusal::of_indices(jobs.error_index(), error.index, &metadata);
		assert_eq!(refusal.to_string(), "Jobs.PriceTooLow: The price is below the minimum.");
		assert_eq!(refusal.what_to_do(), Some("give a higher --price"));
	}

	#[test]
	fn an_account_without_money_for_fees_is_told_where_it_lacks() {
		let refusal = Refusal::of_transaction(
			"Invalid Transaction Inability to pay some fees (e.g. account balance too low)",
		);
		assert_eq!(refusal.what_to_do(), Some(NO_MONEY));
	}

	#[test]
	fn a_refusal_ends_with_exit_code_one_and_trouble_with_two() {
		let refused = Failure::from(ChainError::from(Refusal::token("FundsUnavailable", "")));
		assert_eq!(refused.kind().code(), 1);
		let missing = Failure::from(ChainError::EventMissing("Jobs.Opened"));
		assert_eq!(missing.kind().code(), 2);
	}
}
