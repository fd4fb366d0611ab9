// SPDX-License-Identifier: Apache-2.0

// A chain on which the demo's model is for sale, and the usual steps on it.

import assert from 'node:assert/strict';

import { model, prove } from './artifacts.mjs';
import { UNIT, changes, ledger } from './balances.mjs';
import { Chain } from './chain.mjs';

/** What a job of the tests pays, unless a test says otherwise. */
export const PRICE = 2n * UNIT;
/** What workers of the tests have bonded. */
export const BOND = 100n * UNIT;
/** The royalty of the tests' model: 10 %, in millionths. */
export const ROYALTY = 100_000;
/** Blocks that a worker has. */
export const PROVING_PERIOD = 20;
/** Blocks from opening a job to its deadline. */
export const LIFETIME = 60;

/** No provenance: what a development setup has to tell. */
const ZERO_HASH = `0x${'00'.repeat(32)}`;

/**
 * How a verifying key came about, for `circuits.register`.
 *
 * @param {'Development' | 'Ceremony'} [setup]
 */
export const provenance = (setup = 'Development') => ({ source: ZERO_HASH, transcript: ZERO_HASH, setup });

/**
 * The schema of a compiled model, for `circuits.register`.
 *
 * @param {import('./artifacts.mjs').Model} model
 */
export const schema = ({ schema: { input_len: inputLen, output_count: logits } }) => ({
	InferenceV1: { inputLen, outputLen: 4 * logits },
});

/**
 * The only event of a kind in a transaction.
 *
 * @param {import('./chain.mjs').Included} included
 * @param {string} id such as `jobs.Settled`
 * @returns {object} its fields
 */
export const event = (included, id) => {
	const found = included.events.filter((event) => event.id === id);
	assert.equal(found.length, 1, `${found.length} events ${id} among ${included.events.map((event) => event.id)}`);
	const { id: _, ...fields } = found[0];
	return fields;
};

/** Bob owns the model, Charlie requests, Dave and Eve work. Alice makes the blocks and is root. */
export class Market {
	/**
	 * @param {Chain} chain
	 * @param {import('./artifacts.mjs').Model} model
	 */
	constructor(chain, model) {
		this.chain = chain;
		this.model = model;
		this.tx = chain.api.tx;
		Object.assign(this, chain.accounts);
	}

	/**
	 * A chain with the model's circuit, the model and its workers registered.
	 *
	 * @param {object} [options] see `startDevNode`
	 * @returns {Promise<Market>}
	 */
	static async start(options) {
		const market = new Market(await Chain.start(options), await model('digits'));
		await market.registerAll();
		return market;
	}

	/** Register circuit, model and both workers. */
	async registerAll() {
		const { chain, bob, dave, eve, model } = this;
		this.circuit = await this.registerCircuit(bob, model);
		this.sold = await this.registerModel(bob, this.circuit, model.schema.commitment);
		for (const worker of [dave, eve]) await chain.send(worker, this.tx.workers.register(BOND, 'a worker of the tests'));
	}

	/** Stop the chain. */
	async stop() {
		await this.chain.stop();
	}

	/**
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {import('./artifacts.mjs').Model} model
	 * @returns {Promise<string>} the circuit's id
	 */
	async registerCircuit(signer, model) {
		const call = this.tx.circuits.register(`0x${Buffer.from(model.key).toString('hex')}`, schema(model), provenance());
		return event(await this.chain.send(signer, call), 'circuits.Registered').circuit;
	}

	/**
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {string} circuit
	 * @param {string} commitment
	 * @returns {Promise<{model: bigint, version: bigint}>}
	 */
	async registerModel(signer, circuit, commitment) {
		const call = this.tx.models.register(circuit, commitment, ROYALTY, { hash: ZERO_HASH, uri: 'ipfs://digits' });
		const { model, version } = event(await this.chain.send(signer, call), 'models.VersionPublished');
		return { model, version };
	}

	/**
	 * The call that opens a job on a sample.
	 *
	 * @param {string} inputCommitment
	 * @param {object} [terms] what differs from the usual
	 */
	async openCall(inputCommitment, terms = {}) {
		const height = await this.chain.height();
		const all = {
			...this.sold,
			inputCommitment,
			input: null,
			price: PRICE,
			tier: 'Proven',
			minReputation: 0,
			provingPeriod: PROVING_PERIOD,
			// The call lands in the next block.
			deadline: height + 1 + (terms.lifetime ?? LIFETIME),
			...terms,
		};
		return this.tx.jobs.open(
			all.model,
			all.version,
			all.inputCommitment,
			all.input,
			all.price,
			all.tier,
			all.minReputation,
			all.provingPeriod,
			all.deadline,
		);
	}

	/**
	 * Open a job for Charlie.
	 *
	 * @param {string} inputCommitment
	 * @param {object} [terms] what differs from the usual
	 * @returns {Promise<bigint>} its number
	 */
	async open(inputCommitment, terms) {
		const call = await this.openCall(inputCommitment, terms);
		return event(await this.chain.send(this.charlie, call), 'jobs.Opened').job;
	}

	/**
	 * Claim a job.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} worker
	 * @param {bigint} job
	 * @returns {Promise<bigint>} the last block for the answer
	 */
	async claim(worker, job) {
		return event(await this.chain.send(worker, this.tx.jobs.claim(job)), 'jobs.Claimed').until;
	}

	/**
	 * An honest answer: output and proof, bound to a job and a worker of this chain.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} worker
	 * @param {bigint} job
	 * @param {number} line which sample the job is about, from 1
	 * @returns {Promise<{output: string, proof: string}>}
	 */
	async answer(worker, job, line) {
		return prove(this.model, line, { genesis: this.chain.genesis, job, worker: worker.address });
	}

	/**
	 * The commitment to a sample, with a zero blinder.
	 *
	 * @param {number} line from 1
	 * @returns {Promise<string>}
	 */
	async commitment(line) {
		this.commitments ??= new Map();
		if (!this.commitments.has(line)) {
			const { input_commitment: commitment } = await prove(this.model, line);
			this.commitments.set(line, commitment);
		}
		return this.commitments.get(line);
	}

	/**
	 * Open a job on a sample and have a worker claim it.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} worker
	 * @param {number} line which sample, from 1
	 * @param {object} [terms] what differs from the usual
	 * @returns {Promise<bigint>} the job
	 */
	async claimed(worker, line, terms) {
		const job = await this.open(await this.commitment(line), terms);
		await this.claim(worker, job);
		return job;
	}

	/**
	 * The call that submits many answers at once.
	 *
	 * @param {{job: bigint, output: string, proof: string}[]} answers
	 */
	submitBatch(answers) {
		return this.tx.jobs.submitBatch(answers);
	}

	/**
	 * The call that submits an answer.
	 *
	 * @param {bigint} job
	 * @param {{output: string, proof: string}} answer
	 */
	submit(job, { output, proof }) {
		return this.tx.jobs.submit(job, output, proof);
	}
}

/**
 * Watches what a step does to the money of the accounts, and compares it to the last unit.
 */
export class Books {
	/**
	 * @param {Chain} chain whose blocks Alice makes, so that she receives the fees
	 * @param {string[]} names the development accounts to watch, besides Alice
	 */
	constructor(chain, names) {
		this.chain = chain;
		this.accounts = Object.fromEntries(['alice', ...names].map((name) => [name, chain.accounts[name]]));
	}

	/**
	 * Take a step that ends in one transaction, and compare what it moved.
	 *
	 * @template {import('./chain.mjs').Included} T
	 * @param {string} signer who pays the fee; not Alice
	 * @param {() => Promise<T>} step
	 * @param {object | ((included: T) => object)} moves by account `{ free, held }`, and `issuance`; the
	 *   fee and what is left out are added
	 * @returns {Promise<T>} what the step gave
	 */
	async moves(signer, step, moves) {
		const before = await ledger(this.chain, this.accounts);
		const included = await step();
		const after = await ledger(this.chain, this.accounts);

		assert(included.fee > 0n, 'no fee was paid');
		const { issuance = 0n, ...expected } = typeof moves === 'function' ? moves(included) : moves;
		const wanted = Object.fromEntries(
			Object.keys(this.accounts).map((name) => {
				let { free = 0n, held = 0n } = expected[name] ?? {};
				if (name === signer) free -= included.fee;
				if (name === 'alice') free += included.fee;
				return [name, { free, held, total: free + held }];
			}),
		);
		assert.deepEqual(changes(before, after), { accounts: wanted, issuance });
		return included;
	}

	/**
	 * A transaction is refused for this reason, and nothing moves but its fee.
	 *
	 * @param {string} signer
	 * @param {import('@polkadot/api/types').SubmittableExtrinsic} call
	 * @param {string} reason such as `jobs.NotClaimant`
	 * @returns {Promise<import('./chain.mjs').Refusal>}
	 */
	async refuses(signer, call, reason) {
		let refusal;
		await this.moves(
			signer,
			async () => {
				refusal = await this.chain.refused(this.accounts[signer], call);
				assert.equal(refusal.id, reason, refusal.message);
				return refusal.included;
			},
			{},
		);
		const told = refusal.included.events.map(({ id }) => id.split('.')[0]);
		const silent = ['circuits', 'models', 'workers', 'jobs'].every((pallet) => !told.includes(pallet));
		assert(silent, `a refused call left events: ${told}`);
		return refusal;
	}
}
