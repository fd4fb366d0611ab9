// SPDX-License-Identifier: Apache-2.0
//! What can go wrong with a chain, and what to do about it.

use super::{
	heights::Heights, included::Whereabouts, refusal::Refusal, types::BlockNumber, Amount, SYMBOL,
};
use crate::exit::Error;
use subxt::error::{BackendError, ExtrinsicError, RpcError};

/// What nodes say of blocks whose state they have pruned.
const DISCARDED: &str = "State already discarded";

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
	/// The connection was lost, and there is no other.
	#[error("the connection to {url} was lost, and not regained within {seconds} s")]
	Lost {
		/// Where to.
		url: String,
		/// For how long a new one was tried.
		seconds: u64,
		/// Why the last try failed.
		source: Box<ChainError>,
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
	/// The account cannot pay so much on top of the fee. Nothing was sent.
	#[error(
		"the tip of {tip} {SYMBOL} and the fee of {fee} are more than the {spendable} that the account can spend"
	)]
	TipTooHigh {
		/// What was offered.
		tip: Amount,
		/// What the transaction costs without it.
		fee: Amount,
		/// What the account can spend without being reaped.
		spendable: Amount,
	},
	/// A transaction was sent, and its fate is not known.
	#[error("the fate of transaction {:#x} is not known", .known.transaction)]
	Uncertain {
		/// What is known of it.
		known: Box<Whereabouts>,
		/// The last block that can include it.
		until: BlockNumber,
		/// What happened.
		source: Box<dyn std::error::Error + Send + Sync>,
	},
	/// A transaction succeeded without the event that it always causes.
	#[error("the transaction caused no event {0}")]
	EventMissing(&'static str),
	/// The connection was lost, or the node answers nonsense.
	#[error("the node does not answer as it should")]
	Node(#[from] Box<subxt::Error>),
}

/// A transaction that did not become final in the time that was given to it.
#[derive(Debug, thiserror::Error)]
#[error("it is not final after {seconds} s{}", stalled(.heights))]
pub struct NotFinal {
	/// How long it was waited for.
	pub seconds: u64,
	/// The newest blocks, where they could be asked for.
	pub heights: Option<Heights>,
}

fn stalled(heights: &Option<Heights>) -> String {
	match heights {
		Some(heights) if heights.finality_has_stalled() => format!(": {heights}"),
		_ => String::new(),
	}
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
	RuntimeApiError,
	StorageError,
	StorageKeyError,
	StorageValueError,
	TransactionEventsError,
	ViewFunctionError,
);

impl From<subxt::rpcs::Error> for ChainError {
	fn from(error: subxt::rpcs::Error) -> Self {
		if let subxt::rpcs::Error::User(answer) = &error {
			let detail = answer.data.as_ref().map_or("", |data| data.get().trim_matches('"'));
			if let Some(refusal) = Refusal::of_pool(answer.code, &answer.message, detail) {
				return refusal.into();
			}
		}
		Self::Node(Box::new(error.into()))
	}
}

impl From<ExtrinsicError> for ChainError {
	fn from(error: ExtrinsicError) -> Self {
		match error {
			ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(
				RpcError::ClientError(error),
			)) => error.into(),
			other => Self::Node(Box::new(other.into())),
		}
	}
}

impl ChainError {
	/// The node's fault, in words.
	pub(super) fn node(what: &str) -> Self {
		Self::Node(Box::new(subxt::Error::other_str(what)))
	}

	/// The refusal, where it is one.
	pub fn refusal(&self) -> Option<&Refusal> {
		match self {
			Self::Refused(refusal) => Some(refusal),
			_ => None,
		}
	}

	/// Whether the node has pruned the state that was asked for.
	pub fn is_pruned(&self) -> bool {
		matches!(self, Self::Node(cause) if cause.to_string().contains(DISCARDED))
	}

	/// Whether another connection may help.
	pub fn is_lost(&self) -> bool {
		match self {
			Self::Node(_) => !self.is_pruned(),
			Self::Unreachable { .. } => true,
			_ => false,
		}
	}
}

impl From<ChainError> for Error {
	fn from(error: ChainError) -> Self {
		match error {
			ChainError::Refused(refusal) => {
				let hint = refusal.what_to_do().map(str::to_owned);
				let included = refusal.included.clone();
				let mut error = Self::refused(refusal);
				if let Some(included) = included {
					error = error.after(&*included);
				}
				match hint {
					Some(hint) => error.hint(hint),
					None => error,
				}
			},
			ChainError::TipTooHigh { .. } => Self::refused(error)
				.hint("nothing was sent: give a lower --tip, or send some CNDR to the account first"),
			ChainError::Unreachable { .. } | ChainError::Lost { .. } => Self::failed(error)
				.hint("is the node running? Name another one with --url or CANDOR_URL"),
			ChainError::OtherChain { .. } => Self::failed(error).hint(
				"connect to another node, or use the release of `candor` that belongs to this chain",
			),
			ChainError::Uncertain { ref known, until, .. } => {
				let known = known.clone();
				Self::failed(error).after(&*known).hint(format!(
					"it may still be included up to block {until}: look at the chain before sending \
					 it again, for instance with `candor chain watch`, `candor job status` or `candor account balance`",
				))
			},
			ChainError::Node(_) if error.is_pruned() => Self::failed(error).hint(
				"the node keeps the state of recent blocks only: name a later block, or connect to \
				 an archive node",
			),
			ChainError::EventMissing(_) | ChainError::Node(_) => {
				Self::failed(error).hint("is the node still running and at the chain's head?")
			},
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_refusal_ends_with_exit_code_one_and_trouble_with_three() {
		let refused = Error::from(ChainError::from(Refusal::token("FundsUnavailable", "")));
		assert_eq!(refused.kind().code(), 1);
		let missing = Error::from(ChainError::EventMissing("Jobs.Opened"));
		assert_eq!(missing.kind().code(), 3);
	}

	#[test]
	fn a_transaction_that_is_not_final_is_told_with_the_state_of_finality() {
		let known = Whereabouts { transaction: [7; 32].into(), place: None };
		let heights = Some(Heights { best: 47, finalised: 12 });
		let error = Error::from(ChainError::Uncertain {
			known: Box::new(known),
			until: 74,
			source: Box::new(NotFinal { seconds: 600, heights }),
		});
		let text = error.to_string();
		assert!(text.contains("finality has stalled since block 12"), "{text}");
		assert!(text.contains("up to block 74"), "{text}");
		assert_eq!(error.achieved()["transaction"], format!("0x{}", "07".repeat(32)));
	}

	#[test]
	fn only_what_another_connection_could_mend_counts_as_lost() {
		assert!(ChainError::node("the stream ended").is_lost());
		assert!(!ChainError::node("UnknownBlock: State already discarded for 0x00").is_lost());
		assert!(!ChainError::from(Refusal::token("FundsUnavailable", "")).is_lost());
	}
}
