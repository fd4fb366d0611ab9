// SPDX-License-Identifier: Apache-2.0

//! How a job comes to be, and how its requester withdraws it.

use crate::{
	Config, Demands, Error, Event, HoldReason, InlineInputOf, Job, Jobs, NextJobId, Pallet,
	PriceOf, State, Tier,
};
use candor_market::{ModelId, Models, Version};
use candor_statement::{InputCommitment, JobId};
use candor_support::escrow;
use frame_support::{
	ensure,
	traits::{Consideration, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, DispatchResult};

impl<T: Config> Pallet<T> {
	/// See the call `open`.
	#[allow(clippy::too_many_arguments, reason = "a job has that many terms")]
	pub(crate) fn open_for(
		requester: T::AccountId,
		model: ModelId,
		version: Version,
		input_commitment: InputCommitment,
		input: Option<InlineInputOf<T>>,
		price: PriceOf<T>,
		tier: Tier,
		demands: Demands<T>,
		proving_period: BlockNumberFor<T>,
		deadline: BlockNumberFor<T>,
	) -> DispatchResult {
		let terms = Self::terms_for(model, version, &price)?;
		let posted = input.as_ref().map(|input| input.as_slice());
		let output_len = Self::check_input(terms.circuit, &input_commitment, posted)?;
		Self::check_times(proving_period, deadline)?;
		Self::check_ramp(&price, proving_period, deadline)?;
		ensure!(!demands.who.is_empty_list(), Error::<T>::NobodyNamed);
		Self::check_setup(terms.circuit, demands.setup)?;

		let job = NextJobId::<T>::get();
		NextJobId::<T>::put(JobId(job.0.checked_add(1).ok_or(Error::<T>::IdsExhausted)?));
		escrow::put::<_, T::Currency>(HoldReason::Escrow, &requester, price.most())?;
		let footprint =
			Self::footprint(input.as_ref().map_or(0, |input| input.len()), demands.who.names());
		let ticket = T::Consideration::new(&requester, footprint)?;
		T::Models::add_job(model, version).map_err(Error::<T>::from)?;
		Jobs::<T>::insert(
			job,
			Job {
				requester: requester.clone(),
				ticket,
				model,
				version,
				circuit: terms.circuit,
				model_commitment: terms.commitment,
				royalty: terms.royalty,
				fee: T::ProtocolFee::get(),
				input_commitment,
				input,
				output_len,
				price,
				tier,
				demands,
				proving_period,
				deadline,
				opened: frame_system::Pallet::<T>::block_number(),
				standstill: Self::standstill_of(terms.circuit),
				withheld: Zero::zero(),
				bounty: Zero::zero(),
				state: State::Open,
			},
		);
		Self::deposit_event(Event::Opened { job, requester, model, version, price, deadline });
		Ok(())
	}

	/// See the call `cancel`.
	pub(crate) fn cancel_for(who: &T::AccountId, id: JobId) -> DispatchResult {
		let job = Self::existing(id)?;
		ensure!(job.requester == *who, Error::<T>::NotRequester);
		ensure!(job.state == State::Open, Error::<T>::AlreadyClaimed);
		Self::deposit_event(Event::Cancelled { job: id });
		Self::refund(id, job)
	}
}
