// SPDX-License-Identifier: Apache-2.0
//! Requests to a node, each of which ends.
//!
//! Only requests and subscriptions of the legacy methods are made. `chainHead_v1_follow` would make the
//! node keep every block that a client has not let go of: one that sleeps would stop its pruning.

use std::time::Duration;
use subxt::rpcs::{
	client::{RawRpcFuture, RawRpcSubscription, RawValue, RpcClientT},
	Error, RpcClient,
};

/// How long a node may take to shake hands and to answer the first question.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long it may take to answer any other.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A node that did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the node has not answered {method} within {} s", .patience.as_secs())]
pub(super) struct Silence {
	method: String,
	patience: Duration,
}

/// A client whose requests end after a while, answered or not.
struct Patient {
	client: RpcClient,
	patience: Duration,
}

impl Patient {
	async fn within<T>(&self, method: &str, answer: RawRpcFuture<'_, T>) -> Result<T, Error> {
		tokio::time::timeout(self.patience, answer).await.unwrap_or_else(|_| {
			let silence = Silence { method: method.to_owned(), patience: self.patience };
			Err(Error::Client(Box::new(silence)))
		})
	}
}

impl RpcClientT for Patient {
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> RawRpcFuture<'a, Box<RawValue>> {
		Box::pin(self.within(method, self.client.request_raw(method, params)))
	}

	fn subscribe_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
		unsubscribe: &'a str,
	) -> RawRpcFuture<'a, RawRpcSubscription> {
		Box::pin(self.within(method, self.client.subscribe_raw(method, params, unsubscribe)))
	}
}

/// Shakes hands with the node behind a websocket.
pub(super) async fn connect(url: &str) -> Result<RpcClient, Error> {
	let client = RpcClient::from_insecure_url(url).await?;
	Ok(RpcClient::new(Patient { client, patience: REQUEST_TIMEOUT }))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::fake::Scripted;
	use futures::{future::pending, FutureExt};
	use subxt::rpcs::rpc_params;

	#[tokio::test]
	async fn neither_requests_nor_subscriptions_wait_for_ever() {
		let patience = Duration::from_millis(20);
		let mute =
			Scripted { request: |_: &str, _| pending().boxed(), subscribe: |_| pending().boxed() };
		let client = RpcClient::new(Patient { client: RpcClient::new(mute), patience });
		let request = client.request::<String>("system_chain", rpc_params![]);
		let subscription = client.subscribe::<String>("sub", rpc_params![], "unsub");
		let both = async {
			let error = request.await.unwrap_err();
			assert!(error.to_string().contains("has not answered system_chain"), "{error}");
			assert!(subscription.await.is_err());
		};
		tokio::time::timeout(Duration::from_secs(20), both).await.expect("both have ended");
	}
}
