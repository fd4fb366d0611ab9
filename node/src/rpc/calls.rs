// SPDX-License-Identifier: Apache-2.0

//! Which calls wait for a turn, and which strangers may not make.

use super::{
	connections::Connection,
	gate::{Gate, Lane},
	meter::Meter,
	methods::{function, pace, Pace, CALLS_BY_NAME},
	source::Source,
};
use futures::{future::BoxFuture, FutureExt};
use jsonrpsee::{
	server::middleware::rpc::{RpcService, RpcServiceT},
	types::{error::ErrorCode, ErrorObjectOwned, Request},
	MethodResponse,
};
use log::debug;
use sc_rpc::DenyUnsafe;
use std::{borrow::Cow, sync::Arc};

/// Functions of the runtime that only a node has use for: they execute whole blocks or transactions,
/// at no fee and for as long as those take. Strangers may not call them, as they may not call
/// `system_dryRun`, which is the same under another name.
const INTERNAL_FUNCTIONS: [&str; 7] = [
	"Benchmark_",
	"BlockBuilder_",
	"Core_execute_block",
	"Core_initialize_block",
	"GenesisBuilder_",
	"OffchainWorkerApi_",
	"TryRuntime_",
];

/// Methods that make blocks, which strangers may not call. The SDK takes them for safe.
const SEALING: &str = "engine_";

/// Methods whose answers grow with the state, which the SDK takes for safe all the same, and those that
/// give the same by the page. Strangers call only the latter.
const UNBOUNDED: [(&str, &str); 2] =
	[("childstate_getKeys", "childstate_getKeysPaged"), ("state_getKeys", "state_getKeysPaged")];

/// Why a call is refused to strangers, if it is.
fn refusal(request: &Request<'_>) -> Option<ErrorObjectOwned> {
	let refuse = |why: String| {
		Some(ErrorObjectOwned::owned(ErrorCode::MethodNotFound.code(), why, None::<()>))
	};
	let method = request.method_name();
	if method.starts_with(SEALING) {
		return refuse(format!("{method} is unsafe to be called externally"));
	}
	if let Some((_, paged)) = UNBOUNDED.iter().find(|(name, _)| *name == method) {
		return refuse(format!("{method} is unsafe to be called externally: call {paged}"));
	}
	let (_, position) = CALLS_BY_NAME.iter().find(|(name, _)| *name == method)?;
	match function(request, *position) {
		Some(name) if INTERNAL_FUNCTIONS.iter().any(|internal| name.starts_with(internal)) => {
			refuse(format!("{method}: the function {name} is unsafe to be called externally"))
		}
		Some(_) => None,
		None => refuse(format!("{method}: the arguments must be an array with a function's name")),
	}
}

/// The gates through which calls pass, by how long they take.
#[derive(Clone)]
pub struct Gates {
	/// For short calls.
	pub short: Gate,
	/// For all others that wait.
	pub long: Gate,
}

impl Gates {
	/// The ways to the gates for one more connection from an address.
	pub fn lanes(&self, source: Source) -> Lanes {
		Lanes { short: self.short.lane(source), long: self.long.lane(source) }
	}
}

/// A connection's ways to the gates.
#[derive(Clone)]
pub struct Lanes {
	short: Lane,
	long: Lane,
}

impl Lanes {
	/// Forget what waits.
	pub fn close(&self) {
		self.short.close();
		self.long.close();
	}
}

/// Tells the meter of a connection how long its calls take. It has to be around all layers that make calls
/// wait.
#[derive(Clone)]
pub struct MeterLayer(pub Arc<Meter>);

impl<S> tower::Layer<S> for MeterLayer {
	type Service = Metered<S>;

	fn layer(&self, service: S) -> Self::Service {
		Metered { service, meter: self.0.clone() }
	}
}

/// A service whose calls are told to a meter.
#[derive(Clone)]
pub struct Metered<S> {
	service: S,
	meter: Arc<Meter>,
}

impl<'a, S: RpcServiceT<'a> + Send + Sync + 'static> RpcServiceT<'a> for Metered<S> {
	type Future = BoxFuture<'a, MethodResponse>;

	fn call(&self, request: Request<'a>) -> Self::Future {
		let call = self.meter.call();
		let answer = self.service.call(request);
		async move {
			let answer = answer.await;
			drop(call);
			answer
		}
		.boxed()
	}
}

/// Lets calls through, each in its turn.
#[derive(Clone)]
pub struct TurnsLayer {
	/// The connection on which they come.
	pub connection: Arc<Connection>,
	/// Its ways to the gates.
	pub lanes: Lanes,
}

impl tower::Layer<RpcService> for TurnsLayer {
	type Service = Turns;

	fn layer(&self, service: RpcService) -> Self::Service {
		Turns { service, layer: self.clone() }
	}
}

/// A service whose calls wait for their turns.
#[derive(Clone)]
pub struct Turns {
	service: RpcService,
	layer: TurnsLayer,
}

impl<'a> RpcServiceT<'a> for Turns {
	type Future = BoxFuture<'a, MethodResponse>;

	fn call(&self, request: Request<'a>) -> Self::Future {
		let TurnsLayer { connection, lanes, .. } = self.layer.clone();
		connection.called();
		let stranger = matches!(request.extensions().get(), Some(DenyUnsafe::Yes));
		if let Some(refusal) = stranger.then(|| refusal(&request)).flatten() {
			let answer = MethodResponse::error(request.id, refusal);
			return async move { answer }.boxed();
		}
		let lane = match pace(&request) {
			Pace::Light => return self.service.call(request).boxed(),
			Pace::Short => lanes.short,
			Pace::Long => lanes.long,
			Pace::Endless => {
				let answer = MethodResponse::error(request.id, ErrorCode::InvalidParams);
				return async move { answer }.boxed();
			}
		};
		let service = self.service.clone();
		async move {
			let turn = match lane.turn().await {
				Ok(turn) => turn,
				Err(reason) => {
					return MethodResponse::error(request.id, ErrorObjectOwned::from(reason))
				}
			};
			let id = request.id.clone().into_owned();
			let request = owned(request);
			// A task of its own: the turn lasts as long as the call, even where nobody waits for it
			// any more.
			let running = tokio::spawn(async move {
				let method = request.method_name().to_owned();
				let answer = service.call(request).await;
				if !answer.is_success() {
					debug!(target: "rpc", "{method}: {}", answer.as_result());
				}
				drop(turn);
				answer
			});
			running.await.unwrap_or_else(|_| MethodResponse::error(id, ErrorCode::InternalError))
		}
		.boxed()
	}
}

/// A request that borrows nothing.
fn owned(request: Request<'_>) -> Request<'static> {
	Request {
		jsonrpc: request.jsonrpc,
		id: request.id.into_owned(),
		method: Cow::Owned(request.method.into_owned()),
		params: request.params.map(|params| Cow::Owned(params.into_owned())),
		extensions: request.extensions,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use jsonrpsee::types::Id;
	use serde_json::value::to_raw_value;

	fn request(method: &str, params: serde_json::Value) -> Request<'static> {
		let params = to_raw_value(&params).unwrap();
		owned(Request::new(method.into(), Some(&params), Id::Number(1)))
	}

	#[test]
	fn strangers_do_not_run_blocks_or_transactions_by_the_name_of_a_function() {
		for function in [
			"BlockBuilder_apply_extrinsic",
			"BlockBuilder_check_inherents",
			"Core_execute_block",
			"Core_initialize_block",
			"GenesisBuilder_build_state",
			"OffchainWorkerApi_offchain_worker",
		] {
			for (method, params) in [
				("state_call", serde_json::json!([function, "0x"])),
				("state_callAt", serde_json::json!([function, "0x", null])),
				("archive_v1_call", serde_json::json!(["0x00", function, "0x"])),
				("chainHead_v1_call", serde_json::json!(["id", "0x00", function, "0x"])),
			] {
				assert!(refusal(&request(method, params)).is_some(), "{method} {function}");
			}
		}
	}

	#[test]
	fn a_name_cannot_be_hidden() {
		for params in [
			serde_json::json!({ "name": "Core_execute_block", "bytes": "0x" }),
			serde_json::json!([]),
			serde_json::json!([7]),
		] {
			assert!(refusal(&request("state_call", params)).is_some());
		}
		let escaped =
			serde_json::from_str::<serde_json::Value>(r#"["\u0043ore_execute_block","0x"]"#)
				.unwrap();
		assert!(refusal(&request("state_call", escaped)).is_some());
	}

	#[test]
	fn strangers_call_what_pages_and_wallets_call() {
		for function in [
			"AccountNonceApi_account_nonce",
			"Core_version",
			"Metadata_metadata_at_version",
			"RuntimeViewFunction_execute_view_function",
			"TaggedTransactionQueue_validate_transaction",
			"TransactionPaymentApi_query_info",
		] {
			assert!(refusal(&request("state_call", serde_json::json!([function, "0x"]))).is_none());
		}
	}

	#[test]
	fn strangers_make_no_blocks() {
		let create = request("engine_createBlock", serde_json::json!([true, true, null]));
		assert!(refusal(&create).is_some());
	}

	#[test]
	fn strangers_get_keys_by_the_page_only() {
		for method in ["childstate_getKeys", "state_getKeys"] {
			assert!(refusal(&request(method, serde_json::json!(["0x"]))).is_some(), "{method}");
			let paged = format!("{method}Paged");
			assert!(refusal(&request(&paged, serde_json::json!(["0x", 1000]))).is_none());
		}
	}
}
