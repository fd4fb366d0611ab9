// SPDX-License-Identifier: Apache-2.0

// A chain on which the demo's model is for sale, and the usual steps on it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { blake2AsHex } from '@polkadot/util-crypto';

import { model, prove } from './artifacts.mjs';
import { MICRO, MILLI, POT, UNIT, changes, ledger } from './balances.mjs';
import { Chain } from './chain.mjs';
import { hex } from './points.mjs';

/** What a job of the tests pays, unless a test says otherwise. */
export const PRICE = 2n * UNIT;
/** What workers of the tests have bonded. */
export const BOND = 100n * UNIT;
/** What a byte in storage costs. */
export const BYTE = UNIT / 20_000n;
/** What an entry in storage costs, apart from its bytes. */
export const ENTRY = 20n * MILLI;
/** What a worker pays for what is remembered of it: an account and a record of 469 bytes. */
export const RECORD_DEPOSIT = ENTRY + (32n + 469n) * BYTE;
/** The most that a forfeited bond leaves for whoever answers: less than a claim costs. */
export const MAX_BOUNTY = 250n * MICRO;
/** The royalty of the tests' model: 10 %, in millionths. */
export const ROYALTY = 100_000;
/** Blocks that a worker has. */
export const PROVING_PERIOD = 20;
/** Blocks from opening a job to its deadline. */
export const LIFETIME = 60;

/** The sample on whose answer possession of a model is shown. */
const SHOWN = 1;

/** No provenance: what a development setup has to tell. */
const ZERO_HASH = `0x${'00'.repeat(32)}`;

/**
 * How a verifying key came about, for `circuits.register`.
 *
 * @param {'Development' | 'Ceremony'} [declared]
 * @param {string} [source] hash of the circuit's source
 */
export const provenance = (declared = 'Development', source = ZERO_HASH) => ({
	source,
	transcript: ZERO_HASH,
	declared,
});

/**
 * What `candor circuit register` says of a compiled model, so that the circuit is the same.
 *
 * @param {import('./artifacts.mjs').Model} model
 */
export const usualProvenance = (model) =>
	provenance('Development', blake2AsHex(readFileSync(join(model.folder, 'architecture.json'))));

/** Plain Groth16; docs/statement.md has the numbers of proof systems. */
export const GROTH16 = 0;
/** Staged Groth16, whose keys have a model block. */
export const STAGED_GROTH16 = 1;

/**
 * The proof system of a verifying key: one with blocks begins with two bytes that name them.
 *
 * @param {Uint8Array} key
 */
export const systemOf = (key) => (key.length % 64 === 0 ? GROTH16 : STAGED_GROTH16);

/**
 * The schema of a compiled model, for `circuits.register`: the model's commitment is a public input of plain
 * Groth16 alone.
 *
 * @param {import('./artifacts.mjs').Model} model
 */
export const schema = ({ key, schema: { input_len: inputLen, output_count: logits } }) => ({
	[systemOf(key) === GROTH16 ? 'InferenceV1' : 'InferenceV2']: { inputLen, outputLen: 4 * logits },
});

/**
 * A commitment to a model, as `models.register` takes it: by its length, a scalar or a point.
 *
 * @param {string} bytes as hex
 */
export const modelCommitment = (bytes) => ({ [bytes.length === 66 ? 'Scalar' : 'Point']: bytes });

/**
 * The id under which a circuit is registered, computed as docs/statement.md tells it.
 *
 * @param {Uint8Array} key the verifying key
 * @param {ReturnType<typeof schema>} schema
 * @param {ReturnType<typeof provenance>} provenance
 * @returns {string}
 */
export const circuitId = (key, schema, { source, transcript, declared }) => {
	const [[kind, { inputLen, outputLen }]] = Object.entries(schema);
	const name = Buffer.from('candor/circuit');
	const system = Buffer.from([systemOf(key)]);
	const lengths = Buffer.alloc(2);
	lengths.writeUInt16LE((key.length << 2) | 1);
	const statement = Buffer.alloc(9);
	statement[0] = ['InferenceV1', 'InferenceV2'].indexOf(kind);
	statement.writeUInt32LE(inputLen, 1);
	statement.writeUInt32LE(outputLen, 5);
	const hashes = [source, transcript].map((hash) => Buffer.from(hash.slice(2), 'hex'));
	const setup = Buffer.from([['Development', 'Ceremony'].indexOf(declared)]);
	const parts = [Buffer.from([name.length << 2]), name, system, lengths, key, statement, ...hashes, setup];
	return blake2AsHex(Buffer.concat(parts), 256);
};

/** What is said of models to people. */
export const METADATA = { hash: ZERO_HASH, uri: 'ipfs://digits' };

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
	 * @param {keyof typeof import('./artifacts.mjs').SOURCES} [name] the model that is for sale
	 * @returns {Promise<Market>}
	 */
	static async start(options, name = 'digits') {
		const market = new Market(await Chain.start(options), await model(name));
		await market.registerAll();
		return market;
	}

	/** Register circuit, model and both workers. */
	async registerAll() {
		const { chain, bob, dave, eve, model } = this;
		this.circuit = await this.registerCircuit(bob, model);
		this.sold = await this.registerModel(bob, this.circuit);
		for (const worker of [dave, eve]) await chain.send(worker, this.tx.workers.register(BOND, 'a worker of the tests'));
	}

	/** Stop the chain, whose books have to balance. */
	async stop() {
		await this.chain.close();
	}

	/**
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {import('./artifacts.mjs').Model} model
	 * @returns {Promise<string>} the circuit's id
	 */
	async registerCircuit(signer, model) {
		const { key } = model;
		const call = this.tx.circuits.register(systemOf(key), hex(key), schema(model), usualProvenance(model));
		return event(await this.chain.send(signer, call), 'circuits.Registered').circuit;
	}

	/**
	 * What shows that an account knows this market's model, for `models.register`.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} owner
	 * @param {string} circuit its id
	 * @returns {Promise<{input: string, output: string, proof: string}>}
	 */
	async possession(owner, circuit) {
		const purpose = { genesis: this.chain.genesis, owner: owner.address, circuit };
		const { input_commitment: input, output, proof } = await prove(this.model, SHOWN, purpose);
		return { input, output, proof };
	}

	/**
	 * The call that registers a model.
	 *
	 * @param {string} circuit its id
	 * @param {string} commitment
	 * @param {object} possession what shows that the signer knows it
	 * @param {number} [royalty] in millionths
	 */
	registration(circuit, commitment, possession, royalty = ROYALTY) {
		return this.tx.models.register(circuit, modelCommitment(commitment), royalty, METADATA, possession);
	}

	/**
	 * Register a model.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {string} circuit its id
	 * @param {{commitment: string, possession: object}} [known] this market's model and a proof for the signer, if left out
	 * @returns {Promise<{model: bigint, version: bigint}>}
	 */
	async registerModel(signer, circuit, known) {
		const commitment = known?.commitment ?? this.model.commitment;
		const possession = known?.possession ?? (await this.possession(signer, circuit));
		const call = this.registration(circuit, commitment, possession);
		const { model, version } = event(await this.chain.send(signer, call), 'models.VersionPublished');
		return { model, version };
	}

	/**
	 * The call that opens a job on a sample. Unless the terms say otherwise, zeros are posted as its input,
	 * which the chain does not compare with the commitment.
	 *
	 * @param {string} inputCommitment
	 * @param {object} [terms] what differs from the usual; `demands` may be given in part, and `price` is an
	 *   amount, or a ramp as the call takes it
	 */
	async openCall(inputCommitment, terms = {}) {
		const { model, version, ...rest } = await this.offer(terms);
		const { input = this.zeros } = terms;
		return this.tx.jobs.open(model, version, inputCommitment, input, ...Object.values(rest));
	}

	/**
	 * The call that opens a job on each of some inputs, on the same terms.
	 *
	 * @param {{commitment: string, posted: string | null}[]} inputs
	 * @param {object} [terms] what differs from the usual, as in `openCall`
	 */
	async openBatchCall(inputs, terms = {}) {
		const { model, version, ...rest } = await this.offer(terms);
		return this.tx.jobs.openBatch(model, version, inputs, ...Object.values(rest));
	}

	/** As long as an input of the model. */
	get zeros() {
		return `0x${'00'.repeat(this.model.schema.input_len)}`;
	}

	/** What is offered for an answer, whatever the input is, in the order in which the calls take it. */
	async offer(terms) {
		const height = await this.chain.height();
		const { model, version, price, tier, provingPeriod, deadline } = {
			...this.sold,
			price: PRICE,
			tier: 'Proven',
			provingPeriod: PROVING_PERIOD,
			// The call lands in the next block.
			deadline: height + 1 + (terms.lifetime ?? LIFETIME),
			...terms,
		};
		return {
			model,
			version,
			price: typeof price === 'bigint' ? { Fixed: price } : price,
			tier,
			demands: { who: 'Anyone', minReputation: 0, setup: 'Ceremony', ...terms.demands },
			provingPeriod,
			deadline,
		};
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
	 * Make blocks until the next one is the last for the claimant's answer. Blocks that do not count, such
	 * as the first of a session, move it.
	 *
	 * @param {bigint} job
	 * @returns {Promise<bigint>} the block's number
	 */
	async lastBlock(job) {
		for (;;) {
			const { until } = (await this.chain.view('jobs.jobStatus', job)).Claimed;
			if (BigInt(await this.chain.height()) + 1n >= until) return until;
			await this.chain.until(Number(until) - 1);
		}
	}

	/**
	 * Make blocks until the claim on a job is overdue.
	 *
	 * @param {bigint} job
	 */
	async overdue(job) {
		for (;;) {
			const { Claimed: claimed } = await this.chain.view('jobs.jobStatus', job);
			if (!claimed) break;
			await this.chain.until(Number(claimed.until) + 1);
		}
		assert('Overdue' in (await this.chain.view('jobs.jobStatus', job)));
	}

	/**
	 * The call that submits many answers at once.
	 *
	 * @param {{job: bigint, worker: string, output: string, proof: string}[]} answers
	 * @param {object} [distinct] what is declared of their jobs; that they have nothing in common, if left out
	 */
	submitBatch(answers, distinct = nothingInCommon(answers)) {
		return this.tx.jobs.submitBatch(oneRunEach(answers), distinct);
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

/** What is declared of jobs that have everything in common. */
export const ALL_IN_COMMON = { circuits: 1, requesters: 1, versions: 1 };

/**
 * What is declared of answers' jobs that have nothing in common.
 *
 * @param {object[]} answers to one job each
 */
export const nothingInCommon = ({ length }) => {
	const each = Math.max(length, 1);
	return { circuits: each, requesters: each, versions: each };
};

/**
 * Answers to one job each, as the chain takes them: under circuits whose proofs are of one run.
 *
 * @param {{job: bigint, worker: string, output: string, proof: string}[]} answers
 * @returns {{worker: string, runs: {job: bigint, output: string}[], places: number, proof: string}[]}
 */
export const oneRunEach = (answers) =>
	answers.map(({ job, worker, output, proof }) => ({ worker, runs: [{ job, output }], places: 1, proof }));

/**
 * Watches what a step does to the money of the accounts, and compares it to the last unit.
 */
export class Books {
	/**
	 * @param {Chain} chain whose blocks Alice makes, so that she receives the fees
	 * @param {string[]} names the development accounts to watch, besides Alice and the pot
	 */
	constructor(chain, names) {
		this.chain = chain;
		const people = Object.fromEntries(['alice', ...names].map((name) => [name, chain.accounts[name]]));
		this.accounts = { ...people, pot: POT };
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

	/**
	 * Nothing changes for anybody, not even by fees.
	 *
	 * @param {() => Promise<void>} action
	 */
	async idle(action) {
		const before = await ledger(this.chain, this.accounts);
		await action();
		await this.chain.blocks(1);
		const { accounts, issuance } = changes(before, await ledger(this.chain, this.accounts));
		assert.equal(issuance, 0n);
		for (const [name, { free, held }] of Object.entries(accounts)) assert.deepEqual([name, free, held], [name, 0n, 0n]);
	}
}
