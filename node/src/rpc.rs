// SPDX-License-Identifier: Apache-2.0

//! The RPC methods that the node adds to the SDK's own: account nonces, fees, and on an instantly
//! sealed chain the making of blocks.

use candor_runtime::{AccountId, Balance, Hash, Nonce, OpaqueBlock};
use futures::channel::mpsc;
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_manual_seal::{
	rpc::{ManualSeal, ManualSealApiServer},
	EngineCommand,
};
use sc_transaction_pool_api::TransactionPool;
use sp_api::ProvideRuntimeApi;
use sp_block_builder::BlockBuilder;
use sp_blockchain::{Error as BlockChainError, HeaderBackend, HeaderMetadata};
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods work on.
pub struct Deps<C, P> {
	/// The client.
	pub client: Arc<C>,
	/// The transaction pool.
	pub pool: Arc<P>,
	/// Where to ask for blocks, on an instantly sealed chain.
	pub sealer: Option<mpsc::Sender<EngineCommand<Hash>>>,
}

/// All of the node's own methods.
pub fn methods<C, P>(
	Deps { client, pool, sealer }: Deps<C, P>,
) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>>
where
	C: ProvideRuntimeApi<OpaqueBlock>
		+ HeaderBackend<OpaqueBlock>
		+ HeaderMetadata<OpaqueBlock, Error = BlockChainError>
		+ Send
		+ Sync
		+ 'static,
	C::Api: substrate_frame_rpc_system::AccountNonceApi<OpaqueBlock, AccountId, Nonce>
		+ pallet_transaction_payment_rpc::TransactionPaymentRuntimeApi<OpaqueBlock, Balance>
		+ BlockBuilder<OpaqueBlock>,
	P: TransactionPool + 'static,
{
	let mut module = RpcModule::new(());
	module.merge(System::new(client.clone(), pool).into_rpc())?;
	module.merge(TransactionPayment::new(client).into_rpc())?;
	if let Some(sealer) = sealer {
		module.merge(ManualSeal::new(sealer).into_rpc())?;
	}
	Ok(module)
}
