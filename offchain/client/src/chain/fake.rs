// SPDX-License-Identifier: Apache-2.0
//! A node for tests: blocks of transactions, and a pool that says what it is told to say.

use super::{
	api,
	client::{pallets_that_differ, MORTALITY},
	Client,
};
use futures::{future::ready, FutureExt};
use serde_json::{json, Value as Json};
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex},
};
use subxt::{
	ext::codec::{Compact, Encode},
	rpcs::{
		client::{RawRpcFuture, RawRpcSubscription, RawValue, RpcClientT},
		Error, RpcClient, UserError,
	},
};

/// The spec version that the node begins with.
const SPEC_VERSION: u32 = 1;
/// Where the events of a block are, of which there are none. Nothing is stored elsewhere.
const EVENTS: &str = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";

/// What the pool does with the next transaction.
pub(super) enum Answer {
	/// It does not take it, for this code and these words.
	Refuse(i32, &'static str),
	/// It takes it, and tells these statuses.
	Take(Fortune, Vec<Json>),
	/// It says that it has it already.
	Have(Fortune),
	/// It says that its nonce is used, as it is once this has come to pass.
	Outdated(Fortune),
	/// The connection goes.
	Hang,
}

/// What becomes of a transaction that the pool takes.
pub(super) enum Fortune {
	/// The next block includes it.
	Included,
	/// The next block includes another one of the account.
	Usurped,
	/// No block includes anything, and time goes by.
	Forgotten,
}

#[derive(Default)]
struct State {
	/// The transactions of all blocks, the first one included.
	blocks: Vec<Vec<Vec<u8>>>,
	nonce: u32,
	answers: VecDeque<Answer>,
	submitted: Vec<Vec<u8>>,
	/// The transactions whose fee was asked for, each with its length.
	weighed: Vec<Vec<u8>>,
}

impl State {
	/// What becomes of a transaction that the pool has.
	fn meet(&mut self, fortune: Fortune, transaction: Vec<u8>) {
		match fortune {
			Fortune::Included => self.blocks.push(vec![transaction]),
			Fortune::Usurped => self.blocks.push(vec![vec![0]]),
			Fortune::Forgotten => self.blocks.extend(vec![Vec::new(); MORTALITY as usize]),
		}
		if !matches!(fortune, Fortune::Forgotten) {
			self.nonce += 1;
		}
	}
}

/// A node whose blocks are final at once.
#[derive(Clone)]
pub(super) struct Node(Arc<Mutex<State>>);

impl Node {
	/// A node with a few blocks, and a client of it.
	pub async fn start(answers: impl IntoIterator<Item = Answer>) -> (Self, Client) {
		Self::with_blocks(3, answers).await
	}

	/// A node with so many blocks, the first one included, and a client of it.
	pub async fn with_blocks(
		count: usize,
		answers: impl IntoIterator<Item = Answer>,
	) -> (Self, Client) {
		let node = Self(Arc::default());
		{
			let mut state = node.0.lock().unwrap();
			state.blocks = vec![Vec::new(); count];
			state.answers = answers.into_iter().collect();
		}
		let (answering, taking) = (node.clone(), node.clone());
		let rpc = RpcClient::new(Scripted {
			request: move |method: &str, params: Vec<Json>| {
				ready(answering.answer(method, &params).map(|it| raw(&it))).boxed()
			},
			subscribe: move |params: Vec<Json>| {
				let digits = params[0].as_str().unwrap().trim_start_matches("0x");
				ready(taking.submit(hex::decode(digits).unwrap()).map(statuses)).boxed()
			},
		});
		let client = Client::over(rpc, "Development", "ws://test", pallets_that_differ);
		(node, client.await.unwrap())
	}

	/// How many transactions were submitted.
	pub fn submitted(&self) -> usize {
		self.0.lock().unwrap().submitted.len()
	}

	/// The transactions whose fee was asked for, each with its length.
	pub fn weighed(&self) -> Vec<Vec<u8>> {
		self.0.lock().unwrap().weighed.clone()
	}

	/// How many transactions that were submitted are in blocks.
	pub fn included(&self) -> usize {
		let state = self.0.lock().unwrap();
		state.blocks.iter().flatten().filter(|it| state.submitted.contains(it)).count()
	}

	fn answer(&self, method: &str, params: &[Json]) -> Result<Json, Error> {
		let mut state = self.0.lock().unwrap();
		let head = state.blocks.len() - 1;
		let hash = |number: usize| format!("{:#066x}", number);
		let number = |hash: Option<&Json>| {
			let digits = hash.and_then(Json::as_str).map(|hash| hash.trim_start_matches("0x"));
			digits.map_or(head, |digits| usize::from_str_radix(digits, 16).unwrap())
		};
		let header = |number: usize| {
			json!({
				"parentHash": hash(number.saturating_sub(1)),
				"number": format!("{number:#x}"),
				"stateRoot": hash(0),
				"extrinsicsRoot": hash(0),
				"digest": { "logs": [] },
			})
		};
		Ok(match method {
			"chain_getBlockHash" => match params.first() {
				Some(Json::Number(number)) => hash(number.as_u64().unwrap() as usize).into(),
				Some(Json::String(_)) => hash(number(params.first())).into(),
				_ => hash(head).into(),
			},
			"chain_getFinalizedHead" => hash(head).into(),
			"chain_getHeader" => header(number(params.first())),
			"chain_getBlock" => {
				let number = number(params.first());
				let extrinsics: Vec<_> = state.blocks[number]
					.iter()
					.map(|it| format!("0x{}", hex::encode(it)))
					.collect();
				json!({
					"block": { "header": header(number), "extrinsics": extrinsics },
					"justifications": null,
				})
			}
			"system_accountNextIndex" => state.nonce.into(),
			"state_getStorage" => match params[0].as_str() {
				Some(EVENTS) => "0x00".into(),
				_ => Json::Null,
			},
			"state_call" => {
				let bytes = match params.first().and_then(Json::as_str).unwrap() {
					"Core_version" => {
						let apis: Vec<([u8; 8], u32)> = Vec::new();
						("candor", "candor", 1u32, SPEC_VERSION, 0u32, apis, 1u32).encode()
					}
					"Metadata_metadata" => {
						let mut bytes = Compact(api::METADATA.len() as u32).encode();
						bytes.extend_from_slice(api::METADATA);
						bytes
					}
					// A weight, the ordinary class, and a fee.
					"TransactionPaymentApi_query_info" => {
						let digits = params[1].as_str().unwrap().trim_start_matches("0x");
						state.weighed.push(hex::decode(digits).unwrap());
						((Compact(70u64), Compact(8u64)), 0u8, 900u128).encode()
					}
					"AccountNonceApi_account_nonce" => state.nonce.encode(),
					other => return Err(unknown(other)),
				};
				format!("0x{}", hex::encode(bytes)).into()
			}
			other => return Err(unknown(other)),
		})
	}

	fn submit(&self, transaction: Vec<u8>) -> Result<Vec<Json>, Error> {
		let mut state = self.0.lock().unwrap();
		state.submitted.push(transaction.clone());
		match state.answers.pop_front().expect("the test says what becomes of each transaction") {
			Answer::Refuse(code, words) => Err(refused(code, "Invalid Transaction", words)),
			Answer::Have(fortune) => {
				state.meet(fortune, transaction);
				Err(refused(1013, "Transaction Already Imported", "by its hash"))
			}
			Answer::Outdated(fortune) => {
				state.meet(fortune, transaction);
				Err(refused(1010, "Invalid Transaction", "Transaction is outdated"))
			}
			Answer::Hang => Err(Error::Client("the connection was closed".into())),
			Answer::Take(fortune, mut statuses) => {
				state.meet(fortune, transaction);
				let head = format!("{:#066x}", state.blocks.len() - 1);
				for status in &mut statuses {
					if let Some((_, block)) =
						status.as_object_mut().and_then(|it| it.iter_mut().next())
					{
						*block = head.clone().into();
					}
				}
				Ok(statuses)
			}
		}
	}
}

fn refused(code: i32, message: &str, detail: &str) -> Error {
	Error::User(UserError { code, message: message.to_owned(), data: Some(raw(&json!(detail))) })
}

fn unknown(what: &str) -> Error {
	Error::Client(format!("the test's node knows nothing of {what}").into())
}

fn raw(value: &Json) -> Box<RawValue> {
	RawValue::from_string(value.to_string()).unwrap()
}

fn parameters(params: Option<Box<RawValue>>) -> Vec<Json> {
	params.map(|params| serde_json::from_str(params.get()).unwrap()).unwrap_or_default()
}

/// A connection that answers by functions: of a method with its parameters, and of a subscription's
/// parameters.
pub(super) struct Scripted<R, S> {
	pub request: R,
	pub subscribe: S,
}

impl<R, S> RpcClientT for Scripted<R, S>
where
	R: Fn(&str, Vec<Json>) -> RawRpcFuture<'static, Box<RawValue>> + Send + Sync + 'static,
	S: Fn(Vec<Json>) -> RawRpcFuture<'static, RawRpcSubscription> + Send + Sync + 'static,
{
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> RawRpcFuture<'a, Box<RawValue>> {
		(self.request)(method, parameters(params))
	}

	fn subscribe_raw<'a>(
		&'a self,
		_: &'a str,
		params: Option<Box<RawValue>>,
		_: &'a str,
	) -> RawRpcFuture<'a, RawRpcSubscription> {
		(self.subscribe)(parameters(params))
	}
}

fn statuses(statuses: Vec<Json>) -> RawRpcSubscription {
	let stream = futures::stream::iter(statuses.into_iter().map(|it| Ok(raw(&it))));
	RawRpcSubscription { stream: Box::pin(stream), id: Some("1".to_owned()) }
}
