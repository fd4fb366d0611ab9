// SPDX-License-Identifier: Apache-2.0
//! What transactions cost before they are sent, and prices that pay for them.

use super::{
	api::runtime,
	client::{Client, MORTALITY},
	error::ChainError,
	signer::Signer,
	view::View,
	Amount, Share,
};
use serde::Serialize;
use subxt::{
	config::substrate::SubstrateExtrinsicParamsBuilder,
	ext::codec::{Compact, Decode, Encode},
	tx::Payload,
	utils::AccountId32,
};

/// Whose signature stands for anybody's: all are equally long, and none is looked at where a transaction is only
/// weighed. So a node that is asked about a call gets nothing that it could send in the account's name.
const ANYBODY: &str = "//Alice";

/// What the runtime says of a transaction: its weight, a byte for its class, its fee.
type DispatchInfo = ((Compact<u64>, Compact<u64>), u8, u128);

/// What a transaction costs at a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Estimate {
	/// Its length in bytes.
	pub length: usize,
	/// The computation that it may take of a block, in picoseconds.
	pub ref_time: u64,
	/// What its signer pays at most, without a tip.
	pub fee: Amount,
}

/// What prices the chain takes, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRule {
	/// The least price.
	pub least: Amount,
	/// The part of each price that is burnt.
	pub burnt: Share,
	/// The least that a worker may be paid.
	pub least_payout: Amount,
}

impl PriceRule {
	/// The least price, a unit or two more perhaps, that leaves a worker so much when the model's owner gets
	/// this share; nothing where there is none.
	pub fn price_for(&self, payout: Amount, royalty: Share) -> Option<Amount> {
		const MILLION: u128 = 1_000_000;
		let others = u128::from(self.burnt.parts()) + u128::from(royalty.parts());
		let own = MILLION.checked_sub(others).filter(|own| *own > 0)?;
		let payout = payout.max(self.least_payout).0;
		// Shares of others are rounded down.
		let price = payout.checked_mul(MILLION)?.div_ceil(own);
		Some(Amount(price).max(self.least))
	}
}

impl Client {
	/// What a call costs whoever would sign it now.
	///
	/// # Errors
	///
	/// When the node does not answer: [`ChainError::Node`].
	pub async fn estimate(&self, call: &impl Payload) -> Result<Estimate, ChainError> {
		self.weigh(&self.best().await?, call, Amount(0)).await
	}

	/// What a call costs in a block after `at` beside a tip, whoever signs it. The tip is no part of it, and its
	/// bytes are.
	///
	/// # Errors
	///
	/// When the node does not answer: [`ChainError::Node`].
	pub async fn fee(
		&self,
		at: &View,
		call: &impl Payload,
		tip: Amount,
	) -> Result<Amount, ChainError> {
		Ok(self.weigh(at, call, tip).await?.fee)
	}

	/// Refuses a tip that the account cannot pay beside the fee, before it has signed anything. What the call
	/// itself costs is the runtime's concern.
	pub(super) async fn check_tip(
		&self,
		tip: Amount,
		call: &impl Payload,
		account: &AccountId32,
	) -> Result<(), ChainError> {
		if tip == Amount(0) {
			return Ok(());
		}
		let best = self.best().await?;
		let fee = self.fee(&best, call, tip).await?;
		afford(tip, fee, best.spendable(account).await?)
	}

	async fn weigh(
		&self,
		at: &View,
		call: &impl Payload,
		tip: Amount,
	) -> Result<Estimate, ChainError> {
		let anybody = Signer::from_uri(ANYBODY).map_err(|_| ChainError::node("nobody signs"))?;
		let params = SubstrateExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(MORTALITY.into(), at.number().into(), at.hash())
			.nonce(0)
			.tip(tip.0)
			.build();
		let mut unsigned = at.at.tx().create_signable_offline(call, params)?;
		let mut question = unsigned.sign(anybody.keypair())?.into_encoded();
		let length = question.len();
		(length as u32).encode_to(&mut question);
		let answer = at
			.at
			.runtime_apis()
			.call_raw("TransactionPaymentApi_query_info", Some(&question))
			.await?;
		let ((Compact(ref_time), _), _, fee) = DispatchInfo::decode(&mut &answer[..])
			.map_err(|_| ChainError::node("what a transaction costs is told in another form"))?;
		Ok(Estimate { length, ref_time, fee: Amount(fee) })
	}
}

/// Whether an account that can spend so much can pay a tip and a fee.
fn afford(tip: Amount, fee: Amount, spendable: Amount) -> Result<(), ChainError> {
	match tip.0.checked_add(fee.0) {
		Some(cost) if cost <= spendable.0 => Ok(()),
		_ => Err(ChainError::TipTooHigh { tip, fee, spendable }),
	}
}

impl View {
	/// What prices the chain takes.
	///
	/// # Errors
	///
	/// When the runtime has no such constants.
	pub fn price_rule(&self) -> Result<PriceRule, ChainError> {
		let (jobs, balances) = (runtime::constants().jobs(), runtime::constants().balances());
		let constants = self.at.constants();
		Ok(PriceRule {
			least: Amount(constants.entry(jobs.min_price())?),
			burnt: Share::from_parts(constants.entry(jobs.protocol_fee())?.0),
			least_payout: Amount(constants.entry(balances.existential_deposit())?),
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{calls, fake::Node, types::JobId};

	/// Five percent are burnt, and a worker gets at least one of a thousand.
	fn rule() -> PriceRule {
		PriceRule {
			least: Amount(10_000),
			burnt: Share::from_parts(50_000),
			least_payout: Amount(1_000),
		}
	}

	/// What a worker gets, as the runtime divides.
	fn payout(price: u128, royalty: Share) -> u128 {
		let part = |share: Share| price * u128::from(share.parts()) / 1_000_000;
		price - part(rule().burnt) - part(royalty)
	}

	#[test]
	fn a_price_pays_and_a_lower_one_does_not() {
		let royalty = Share::from_parts(100_000);
		for cost in [20_000, 1_234_567, 999_999_999_999_999] {
			let Amount(price) = rule().price_for(Amount(cost), royalty).expect("there is one");
			assert!(payout(price, royalty) >= cost, "{cost}");
			assert!(payout(price - 3, royalty) < cost, "{cost}");
		}
	}

	#[test]
	fn no_price_is_below_what_the_chain_takes() {
		let none = Share::default();
		assert_eq!(rule().price_for(Amount(0), none), Some(Amount(10_000)));
		let free = PriceRule { least: Amount(0), ..rule() };
		assert_eq!(free.price_for(Amount(0), none), Some(Amount(1_053)));
		assert_eq!(rule().price_for(Amount(1), Share::from_parts(950_000)), None);
		assert_eq!(rule().price_for(Amount(u128::MAX), none), None);
	}

	#[test]
	fn a_tip_that_the_account_cannot_pay_beside_the_fee_is_refused() {
		let unit = Amount::UNIT.0;
		for (tip, is_paid) in
			[(1, true), (9 * unit, true), (9 * unit + 1, false), (u128::MAX, false)]
		{
			let checked = afford(Amount(tip), Amount::UNIT, Amount(10 * unit));
			assert_eq!(checked.is_ok(), is_paid, "{tip}");
		}
		let error =
			afford(Amount(12 * unit), Amount::UNIT, Amount(10 * unit)).expect_err("too much");
		let error = crate::exit::Error::from(error);
		assert_eq!(error.kind().code(), 1);
		let text = error.message();
		assert!(["12", "1", "10"].iter().all(|amount| text.contains(amount)), "{text}");
		assert!(error.what_to_do().is_some_and(|hint| hint.contains("--tip")));
	}

	#[tokio::test]
	async fn a_transaction_is_estimated_and_not_sent() {
		let (node, client) = Node::start([]).await;
		let short = client.estimate(&calls::claim(JobId(7))).await.expect("an estimate");
		assert_eq!((short.ref_time, short.fee), (70, Amount(900)));
		let long = calls::submit(JobId(7), vec![0; 40], vec![0; 320]);
		let long = client.estimate(&long).await.expect("an estimate");
		// Their fields, and the lengths of these.
		assert!((360..=366).contains(&(long.length - short.length)), "{short:?} {long:?}");
		assert_eq!(node.submitted(), 0);
		let rule = client.best().await.expect("a block").price_rule().expect("constants");
		assert!(rule.least.0 > 0 && rule.burnt.parts() > 0 && rule.least_payout.0 > 0, "{rule:?}");
	}

	#[tokio::test]
	async fn the_bytes_of_a_tip_are_paid_for() {
		let (node, client) = Node::start([]).await;
		let best = client.best().await.expect("a block");
		for tip in [Amount(0), Amount(u128::MAX)] {
			let fee = client.fee(&best, &calls::claim(JobId(7)), tip).await.expect("a fee");
			assert_eq!(fee, Amount(900));
		}
		let lengths: Vec<usize> = node.weighed().iter().map(Vec::len).collect();
		// As a compact number, nothing is one byte and the most seventeen.
		assert!(matches!(lengths[..], [less, more] if more == less + 16), "{lengths:?}");
	}
}
