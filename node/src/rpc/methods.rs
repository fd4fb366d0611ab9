// SPDX-License-Identifier: Apache-2.0

//! How long the calls of a method take.

use jsonrpsee::types::Request;

/// Families of methods whose calls neither run the runtime nor read more than a block or a value.
/// Calls of all others wait for a turn, also of those that a later SDK adds.
///
/// `chainHead` is here although its operations run the runtime: they do so in the threads of
/// subscriptions, of which there are few.
const LIGHT_FAMILIES: [&str; 6] = [
	"chain_",
	"chainHead_v1_",
	"chainSpec_v1_",
	"engine_",
	"transaction_v1_",
	"transactionWatch_v1_",
];

/// Methods of other families of which the same holds.
const LIGHT: [&str; 30] = [
	"author_hasKey",
	"author_insertKey",
	"author_submitAndWatchExtrinsic",
	"author_submitExtrinsic",
	"author_unwatchExtrinsic",
	"rpc_methods",
	"state_getRuntimeVersion",
	"state_getStorage",
	"state_getStorageAt",
	"state_getStorageHash",
	"state_getStorageHashAt",
	"state_subscribeRuntimeVersion",
	"state_unsubscribeRuntimeVersion",
	"state_unsubscribeStorage",
	"system_addLogFilter",
	"system_addReservedPeer",
	"system_chain",
	"system_chainType",
	"system_health",
	"system_localListenAddresses",
	"system_localPeerId",
	"system_name",
	"system_nodeRoles",
	"system_peers",
	"system_properties",
	"system_removeReservedPeer",
	"system_reservedPeers",
	"system_resetLogFilter",
	"system_syncState",
	"system_version",
];

/// Methods that run a short function of the runtime for an address, which wallets call before every
/// transaction.
const SHORT: [&str; 2] = ["account_nextIndex", "system_accountNextIndex"];

/// Functions of the runtime that are as short, if their arguments are.
const SHORT_FUNCTIONS: [&str; 4] = [
	"AccountNonceApi_account_nonce",
	"Core_version",
	"TransactionPaymentApi_query_fee_details",
	"TransactionPaymentApi_query_info",
];

/// How many bytes the arguments of a short call have at most: a transaction of two kilobytes in hex.
const SHORT_SIZE: usize = 4096;

/// Where methods that call the runtime by the name of a function have that name among their
/// arguments.
pub const CALLS_BY_NAME: [(&str, usize); 4] =
	[("state_call", 0), ("state_callAt", 0), ("archive_v1_call", 1), ("chainHead_v1_call", 2)];

/// How long a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
	/// It neither runs the runtime nor reads more than a block or a value, and waits for nothing.
	Light,
	/// It runs a function of the runtime that is short by itself, and waits for others of this kind.
	Short,
	/// It may take long, and waits for others of this kind.
	Long,
	/// It would take for ever, and is refused: reading an address takes as long as the square of its
	/// length, and this one is longer than any that there is.
	Endless,
}

/// How long a call takes.
pub fn pace(request: &Request<'_>) -> Pace {
	let method = request.method_name();
	if LIGHT_FAMILIES.iter().any(|family| method.starts_with(family)) || LIGHT.contains(&method) {
		return Pace::Light;
	}
	let size = request.params.as_ref().map_or(0, |params| params.get().len());
	match size <= SHORT_SIZE {
		true if SHORT.contains(&method) || is_short_function(request) => Pace::Short,
		false if SHORT.contains(&method) => Pace::Endless,
		_ => Pace::Long,
	}
}

/// Whether a short function is called on the newest state. The runtime of another may have to be
/// compiled first.
fn is_short_function(request: &Request<'_>) -> bool {
	let params = request.params();
	let mut sequence = params.sequence();
	request.method_name() == "state_call"
		&& sequence.next().is_ok_and(|name: String| SHORT_FUNCTIONS.contains(&name.as_str()))
		&& sequence.next::<String>().is_ok()
		&& matches!(sequence.optional_next::<String>(), Ok(None))
}

/// The text at a position of the arguments, where they are an array.
pub fn function(request: &Request<'_>, position: usize) -> Option<String> {
	let params = request.params();
	let mut sequence = params.sequence();
	for _ in 0..position {
		sequence.next::<String>().ok()?;
	}
	sequence.next().ok()
}

#[cfg(test)]
mod tests {
	use super::*;
	use jsonrpsee::types::Id;
	use serde_json::{json, value::to_raw_value, Value};

	fn pace_of(method: &str, params: Value) -> Pace {
		let params = to_raw_value(&params).unwrap();
		pace(&Request::new(method.into(), Some(&params), Id::Number(1)))
	}

	#[test]
	fn what_runs_the_runtime_waits_for_a_turn_and_what_keeps_a_client_going_does_not() {
		for method in [
			"archive_v1_call",
			"payment_queryFeeDetails",
			"payment_queryInfo",
			"state_call",
			"state_callAt",
			"state_getKeysPaged",
			"state_getMetadata",
			"state_getReadProof",
			"state_getStorageSize",
			"state_queryStorageAt",
			"system_dryRun",
			"something_new",
		] {
			assert_eq!(pace_of(method, json!([])), Pace::Long, "{method}");
		}
		for method in [
			"author_submitAndWatchExtrinsic",
			"author_submitExtrinsic",
			"chain_getHeader",
			"chain_subscribeFinalizedHeads",
			"state_getStorage",
			"system_health",
		] {
			assert_eq!(pace_of(method, json!([])), Pace::Light, "{method}");
		}
	}

	#[test]
	fn what_every_wallet_asks_waits_for_its_like_only() {
		for method in ["account_nextIndex", "system_accountNextIndex"] {
			assert_eq!(pace_of(method, json!(["5Grw"])), Pace::Short, "{method}");
		}
		for function in SHORT_FUNCTIONS {
			assert_eq!(pace_of("state_call", json!([function, "0x"])), Pace::Short, "{function}");
			assert_eq!(pace_of("state_call", json!([function, "0x", null])), Pace::Short);
		}
	}

	#[test]
	fn an_address_that_would_be_read_for_ever_is_not_read() {
		for method in SHORT {
			let address = "x".repeat(SHORT_SIZE);
			assert_eq!(pace_of(method, json!([address])), Pace::Endless, "{method}");
		}
	}

	#[test]
	fn a_short_function_is_long_with_long_arguments_or_on_an_old_state() {
		for function in SHORT_FUNCTIONS {
			let long = "0".repeat(SHORT_SIZE);
			assert_eq!(pace_of("state_call", json!([function, long])), Pace::Long, "{function}");
			assert_eq!(pace_of("state_call", json!([function, "0x", "0x00"])), Pace::Long);
		}
		let call = json!(["TransactionPaymentCallApi_query_call_info", "0x"]);
		assert_eq!(pace_of("state_call", call), Pace::Long);
	}
}
