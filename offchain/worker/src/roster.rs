// SPDX-License-Identifier: Apache-2.0
//! Which models are served, and under which circuits.
//!
//! Anybody can register a commitment that is known from elsewhere, or a verifying key with other
//! lengths. So a model is served only if the operator named it or its owner, or if it is the only one;
//! and a circuit is served only if all that is known of it here is the same on chain.

use super::{node::Node, selection::Reason, store::Store};
use anyhow::anyhow;
use candor_client::answer::{Mismatch, Prover};
use candor_client::{
	chain::{
		types::{CircuitId, Job, ModelId},
		ChainError, Registration,
	},
	exit::Error,
};
use candor_statement::ModelCommitment;
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt::Write as _,
	io,
	sync::Arc,
};
use subxt::utils::AccountId32;
use tracing::{info, warn};

/// The most candidates that a message lists.
const LISTED: usize = 8;

/// The models that the operator wants to be served: those with one of these ids, and those of one of
/// these owners.
#[derive(Clone, Debug, Default)]
pub struct Named {
	/// Ids of models.
	pub models: BTreeSet<ModelId>,
	/// Owners of models.
	pub owners: Vec<AccountId32>,
}

impl Named {
	fn is_empty(&self) -> bool {
		self.models.is_empty() && self.owners.is_empty()
	}
}

/// Why a model that is held is not served.
#[derive(Debug)]
pub(super) enum Problem {
	/// Several models have its commitment, and none was named.
	Ambiguous(Error),
	/// Nothing on chain can be answered with it.
	Unserved(Error),
}

impl Problem {
	/// What to tell the operator.
	pub(super) fn into_error(self) -> Error {
		match self {
			Self::Ambiguous(error) | Self::Unserved(error) => error,
		}
	}
}

/// The models that are held, and what is known of their likes on chain.
pub(super) struct Roster {
	holdings: Vec<Arc<dyn Prover>>,
	named: Named,
	/// The model that a holding serves where none was named: the only one when the worker began. It
	/// stays that, whatever is registered afterwards.
	chosen: BTreeMap<usize, ModelId>,
	/// For each circuit that was met, how it differs from that of each holding. Neither changes.
	circuits: BTreeMap<CircuitId, Vec<Option<&'static str>>>,
	/// Whether the owner of a model that was met is one of those named. Asked anew with each session.
	owned: BTreeMap<ModelId, bool>,
}

impl Roster {
	pub(super) fn new(holdings: Vec<Arc<dyn Prover>>, named: Named) -> Self {
		Self {
			holdings,
			named,
			chosen: BTreeMap::new(),
			circuits: BTreeMap::new(),
			owned: BTreeMap::new(),
		}
	}

	/// Takes over what an earlier process served without names.
	pub(super) fn recall(&mut self, store: &Store) {
		for (index, holding) in self.holdings.iter().enumerate() {
			if let Some(model) = store.model(&holding.identity().commitment) {
				self.chosen.entry(index).or_insert(model);
			}
		}
	}

	/// What is served without names, for the next process.
	pub(super) fn remember(&self, store: &mut Store) -> io::Result<()> {
		for (index, model) in &self.chosen {
			if let Some(holding) = self.holdings.get(*index) {
				store.remember_model(&holding.identity().commitment, *model)?;
			}
		}
		Ok(())
	}

	/// The models that are held.
	pub(super) fn holdings(&self) -> &[Arc<dyn Prover>] {
		&self.holdings
	}

	/// A model that is held.
	pub(super) fn holding(&self, index: usize) -> Option<&Arc<dyn Prover>> {
		self.holdings.get(index)
	}

	/// Whether a job asks for something that is held, whoever sells it.
	pub(super) fn holds(&self, job: &Job) -> bool {
		self.holdings.iter().any(|it| it.identity().commitment == job.model_commitment)
	}

	/// The holding that can answer a job, if its circuit was met and found to be the same.
	pub(super) fn able(&self, job: &Job) -> Option<usize> {
		let differences = self.circuits.get(&job.circuit)?;
		self.holdings.iter().zip(differences).position(|(holding, difference)| {
			holding.identity().commitment == job.model_commitment
				&& holding.identity().output_len() == job.output_len
				&& difference.is_none()
		})
	}

	/// The holding with which a job is to be answered, or the reason against that.
	pub(super) async fn assess<N: Node>(
		&mut self,
		node: &N,
		at: &N::Block,
		job: &Job,
	) -> Result<Result<usize, Reason>, ChainError> {
		if !self.holds(job) {
			return Ok(Err(Mismatch::OtherModel.into()));
		}
		let differences = self.differences(node, at, job.circuit).await?;
		let mut mismatch = Mismatch::OtherModel;
		for (index, difference) in differences.into_iter().enumerate() {
			let Some(holding) = self.holdings.get(index) else { continue };
			if holding.identity().commitment != job.model_commitment {
				continue;
			}
			match difference {
				Some(difference) => mismatch = Mismatch::CircuitDiffers(difference),
				None if self.is_named(node, at, index, job.model).await? => return Ok(Ok(index)),
				None => return Ok(Err(Reason::NotNamed(job.model))),
			}
		}
		Ok(Err(mismatch.into()))
	}

	async fn is_named<N: Node>(
		&mut self,
		node: &N,
		at: &N::Block,
		holding: usize,
		model: ModelId,
	) -> Result<bool, ChainError> {
		if self.named.is_empty() {
			return Ok(self.chosen.get(&holding) == Some(&model));
		}
		if self.named.models.contains(&model) {
			return Ok(true);
		}
		if self.named.owners.is_empty() {
			return Ok(false);
		}
		if let Some(owned) = self.owned.get(&model) {
			return Ok(*owned);
		}
		let owner = node.owner(at, model).await?;
		let owned = owner.is_some_and(|owner| self.named.owners.contains(&owner));
		self.owned.insert(model, owned);
		Ok(owned)
	}

	/// How a circuit differs from that of each holding.
	async fn differences<N: Node>(
		&mut self,
		node: &N,
		at: &N::Block,
		circuit: CircuitId,
	) -> Result<Vec<Option<&'static str>>, ChainError> {
		if let Some(known) = self.circuits.get(&circuit) {
			return Ok(known.clone());
		}
		let Some(facts) = node.circuit(at, circuit).await? else {
			return Ok(self.holdings.iter().map(|it| it.identity().difference(None)).collect());
		};
		if facts.frozen {
			warn!(%circuit, "the circuit is frozen");
		}
		let differences: Vec<_> =
			self.holdings.iter().map(|it| it.identity().difference(Some(&facts))).collect();
		self.circuits.insert(circuit, differences.clone());
		Ok(differences)
	}

	/// Finds out which models on chain are served, and tells of those held that are not.
	pub(super) async fn resolve<N: Node>(
		&mut self,
		node: &N,
		at: &N::Block,
	) -> Result<Vec<Problem>, ChainError> {
		self.owned.clear();
		let commitments: Vec<ModelCommitment> =
			self.holdings.iter().map(|it| it.identity().commitment).collect();
		let registered = node.registrations(at, &commitments).await?;
		let mut problems = Vec::new();
		for (index, commitment) in commitments.iter().enumerate() {
			let of_this: Vec<&Registration> =
				registered.iter().filter(|it| it.details.commitment == *commitment).collect();
			if let Some(problem) = self.resolve_one(node, at, index, &of_this).await? {
				problems.push(problem);
			}
		}
		Ok(problems)
	}

	async fn resolve_one<N: Node>(
		&mut self,
		node: &N,
		at: &N::Block,
		index: usize,
		registered: &[&Registration],
	) -> Result<Option<Problem>, ChainError> {
		let Some(folder) = self.holdings.get(index).map(|it| it.name()) else { return Ok(None) };
		let mut usable = Vec::new();
		let mut differs = None;
		for it in registered {
			let circuit = it.details.circuit;
			match self.differences(node, at, circuit).await?.get(index).copied().flatten() {
				Some(difference) => differs = Some((circuit, difference)),
				None => usable.push(*it),
			}
		}
		let models: BTreeSet<ModelId> = usable.iter().map(|it| it.model).collect();
		if models.is_empty() {
			return Ok(Some(Problem::Unserved(unserved(&folder, differs))));
		}

		let mut served = Vec::new();
		if self.named.is_empty() {
			let chosen = self.chosen.get(&index).copied().filter(|model| models.contains(model));
			match (chosen, models.first()) {
				(Some(model), _) if models.len() == 1 => {
					served.push(model);
					info!(folder, model = model.0, "serving the model that was served before");
				}
				// It may have been a copy that was registered first.
				(Some(model), _) => {
					served.push(model);
					let list = list(node, at, &models).await?;
					warn!(
						folder,
						model = model.0,
						"serving the model that was served before, of several with this commitment: {list}; \
						 say with --model ID or --owner ACCOUNT which is the right one"
					);
				}
				(None, Some(only)) if models.len() == 1 => {
					self.chosen.insert(index, *only);
					served.push(*only);
					let seller = list(node, at, &models).await?;
					info!(
						folder,
						model = only.0,
						"serving the only model with this commitment, {seller}; if that is the right owner, \
						 --model {only} makes sure of it should somebody copy the registration"
					);
				}
				_ => {
					let list = list(node, at, &models).await?;
					return Ok(Some(Problem::Ambiguous(ambiguous(&folder, &list))));
				}
			}
		} else {
			for model in &models {
				if self.is_named(node, at, index, *model).await? {
					served.push(*model);
				}
			}
			if served.is_empty() {
				let list = list(node, at, &models).await?;
				return Ok(Some(Problem::Unserved(not_named(&folder, &list))));
			}
			info!(folder, models = ?numbers(&served), "serving");
		}
		let active = usable.iter().any(|it| served.contains(&it.model) && it.details.active);
		if !active {
			warn!(folder, models = ?numbers(&served), "the model is deprecated: no new jobs are opened on it");
		}
		Ok(None)
	}
}

/// As the log has them.
fn numbers(models: &[ModelId]) -> Vec<u32> {
	models.iter().map(|model| model.0).collect()
}

/// Models with their owners, for a message.
async fn list<N: Node>(
	node: &N,
	at: &N::Block,
	models: &BTreeSet<ModelId>,
) -> Result<String, ChainError> {
	let mut text = String::new();
	for model in models.iter().take(LISTED) {
		let owner = node.owner(at, *model).await?;
		let owner = owner.map_or("nobody".to_owned(), |owner| owner.to_string());
		let comma = if text.is_empty() { "" } else { ", " };
		// Writing to a text does not fail.
		let _ = write!(text, "{comma}{model} of {owner}");
	}
	if let Some(more @ 1..) = models.len().checked_sub(LISTED) {
		let _ = write!(text, " and {more} more");
	}
	Ok(text)
}

fn ambiguous(folder: &str, list: &str) -> Error {
	Error::refused(anyhow!(
		"several models are registered with the commitment of the one in {folder}: {list}"
	))
	.hint("name the one to serve with --model ID, or its owner with --owner ACCOUNT")
}

fn not_named(folder: &str, list: &str) -> Error {
	Error::refused(anyhow!(
		"none of the models named is the one in {folder}, which is registered as {list}"
	))
	.hint("name it with --model ID, or its owner with --owner ACCOUNT")
}

fn unserved(folder: &str, differs: Option<(CircuitId, &'static str)>) -> Error {
	match differs {
		Some((circuit, difference)) => Error::refused(anyhow!(
			"the model in {folder} is registered under the circuit {circuit}, which differs from the \
			 one in the folder: {difference}"
		))
		.hint("copy the keys with which the model was registered into the folder"),
		None => Error::refused(anyhow!("the model in {folder} is not registered")).hint(
			"run `candor circuit register` and `candor model register` with the folder first",
		),
	}
}
