// SPDX-License-Identifier: Apache-2.0

// A circuit made elsewhere: written in circom, set up and proved by snarkjs, verified by `candor
// verify`, and sold on a chain. Candor's own compiler and prover have no part in it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { blake2AsHex } from '@polkadot/util-crypto';

import { MILLI } from '../lib/balances.mjs';
import { Chain } from '../lib/chain.mjs';
import {
	bindingOf,
	commit,
	littleEndian,
	possessionOf,
	proofBytes,
	snarkjsProve,
	weightedSum,
} from '../lib/circom.mjs';
import { candor, candorJson, candorRefused } from '../lib/cli.mjs';
import { BOND, Books, event, Market } from '../lib/market.mjs';
import { hex, R, scalar } from '../lib/points.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const WEIGHTS = [3, 1, 4, 1];
const FEATURES = [2, 7, 1, 8];
/** 3 · 2 + 1 · 7 + 4 · 1 + 1 · 8 */
const ANSWER = 25;
const MODEL_BLINDER = 271_828n;
/** Bytes of an input and of an output. */
const LENGTH = 4;

const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** An answer as the chain takes it: four bytes, little-endian. */
const output = (answer) => {
	const bytes = Buffer.alloc(LENGTH);
	bytes.writeUInt32LE(answer);
	return hex(bytes);
};

let circuit, key, commitments;

before(async () => {
	circuit = await weightedSum();
	key = join(circuit.folder, 'verification_key.json');
	commitments = {
		modelCommitment: await commit('candor/model/v1', [littleEndian(WEIGHTS)], MODEL_BLINDER),
		inputCommitment: await commit('candor/input/v1', [littleEndian(FEATURES)], 0n),
	};
});

/** What snarkjs proves: the answer to the one input, for whom the binding says. */
const prove = (binding, features = FEATURES) =>
	snarkjsProve(circuit, {
		...commitments,
		answer: ANSWER,
		binding,
		weights: WEIGHTS,
		modelBlinder: MODEL_BLINDER,
		features,
		inputBlinder: 0n,
	});

describe('files by snarkjs', () => {
	let folder;

	before(async () => {
		folder = await prove(0n);
	});

	const verify = (changed = {}) => {
		const files = { vk: key, proof: join(folder, 'proof.json'), public: join(folder, 'public.json'), ...changed };
		return ['verify', '--vk', files.vk, '--proof', files.proof, '--public', files.public];
	};

	/** A file with this value. */
	const file = (name, value) => {
		const path = join(temporaryFolder('file'), name);
		writeFileSync(path, JSON.stringify(value));
		return path;
	};

	it('state what the chain would state', () => {
		const { modelCommitment, inputCommitment } = commitments;
		assert.deepEqual(read(folder, 'public.json'), [modelCommitment, inputCommitment, ANSWER, 0].map(String));
	});

	it('are valid as they come', async () => {
		const run = await candor(verify());
		assert.deepEqual([run.code, run.out], [0, 'valid\n'], run.err);
	});

	it('are invalid for another answer', async () => {
		const other = read(folder, 'public.json').with(2, `${ANSWER + 1}`);
		const run = await candor(verify({ public: file('public.json', other) }));
		assert.equal(run.code, 1, run.out + run.err);
		assert.match(run.out, /^invalid: /);
	});

	it('are refused where they say the same in another way', async () => {
		const inputs = read(folder, 'public.json');
		const more = file('public.json', inputs.with(3, `${R}`));
		const { code, message, hint } = await candorRefused(verify({ public: more }));
		assert.equal(code, 2);
		assert(message.startsWith(`${more}: [3]: `), message);
		assert.match(hint, /one spelling/);

		const proof = read(folder, 'proof.json');
		proof.pi_b[0][1] = `0${proof.pi_b[0][1]}`;
		const spelt = file('proof.json', proof);
		const refusal = await candorRefused(verify({ proof: spelt }));
		assert.equal(refusal.code, 2);
		assert(refusal.message.startsWith(`${spelt}: pi_b[0][1]: `), refusal.message);
	});

	it('are refused where the second phase of the setup was left out, which snarkjs does not notice', async () => {
		const unfinished = join(circuit.folder, 'unfinished_key.json');
		for (const args of [
			verify({ vk: unfinished }),
			['circuit', 'register', unfinished, '--input-len', '4', '--output-len', '4', '--suri', '//Bob'],
		]) {
			const { code, message, hint } = await candorRefused(args);
			assert.equal(code, 2);
			assert(message.startsWith(`${unfinished}: vk_gamma_2 and vk_delta_2: `), message);
			assert.match(hint, /snarkjs zkey contribute/);
		}
	});

	it('are no proof of anything else: the circuit has no witness for another input', async () => {
		await assert.rejects(prove(0n, [2, 7, 1, 9]), /Error in template WeightedSum/);
	});
});

describe('a circuit by circom on a chain', () => {
	let market, chain, books, registered;

	before(async () => {
		chain = await Chain.start();
		market = new Market(chain);
		books = new Books(chain, ['bob', 'charlie', 'dave', 'eve']);
	});
	after(() => market.stop());

	/** Registers as a user does. */
	const register = (...more) => ['circuit', 'register', key, ...more, '--url', chain.node.url, '--suri', '//Bob'];
	const LENGTHS = ['--input-len', `${LENGTH}`, '--output-len', `${LENGTH}`];

	/** A job on the one input that Dave has claimed. */
	const claimed = async () => {
		const job = await market.open(scalar(commitments.inputCommitment), { input: hex(Buffer.from(FEATURES)) });
		await market.claim(market.dave, job);
		return job;
	};

	/** Dave's answer to a job, by snarkjs. */
	const answer = async (job) => {
		const folder = await prove(bindingOf(chain.genesis, job, market.dave.address));
		return { output: output(ANSWER), proof: proofBytes(folder) };
	};

	it('is not registered without the lengths of input and output, or with others than it has', async () => {
		const missing = await candorRefused(register());
		assert.equal(missing.code, 2);
		assert.match(missing.hint, /--input-len and --output-len/);

		const other = await candorRefused(register('--input-len', '4', '--output-len', '32'));
		assert.equal(other.code, 2);
		assert(other.message.startsWith(`${key}: nPublic: 4 public inputs`), other.message);
	});

	it('is registered by the key that snarkjs has exported', async () => {
		const source = blake2AsHex(readFileSync(circuit.source), 256);
		registered = await candorJson(register(...LENGTHS, '--source', source));
		assert.equal(registered.source, source);
		assert.equal(registered.declared, 'development');
		const { provenance, schema, depositor } = await chain.view('circuits.circuit', registered.circuit);
		assert.deepEqual(provenance, { source, transcript: `0x${'00'.repeat(32)}`, declared: 'Development' });
		assert.deepEqual(schema, { InferenceV1: { inputLen: 4n, outputLen: 4n } });
		assert.equal(depositor, market.bob.address);
	});

	it('is registered once', async () => {
		const { code, message } = await candorRefused(register(...LENGTHS, '--source', registered.source));
		assert.equal(code, 1);
		assert.match(message, /AlreadyRegistered/);
	});

	it('computes a model that is for sale, once its owner has shown by snarkjs to know it', async () => {
		market.circuit = registered.circuit;
		const { bob, eve, circuit } = market;
		const commitment = scalar(commitments.modelCommitment);
		/** What a proof under a binding shows. */
		const shown = async (binding) => ({
			input: scalar(commitments.inputCommitment),
			output: output(ANSWER),
			proof: proofBytes(await prove(binding)),
		});
		const possession = await shown(possessionOf(chain.genesis, circuit, commitment, bob.address));
		await books.refuses('eve', market.registration(circuit, commitment, possession), 'models.InvalidProof');
		for (const binding of [0n, bindingOf(chain.genesis, 0n, eve.address)]) {
			const call = market.registration(circuit, commitment, await shown(binding));
			await books.refuses('eve', call, 'models.InvalidProof');
		}
		market.sold = await market.registerModel(bob, circuit, { commitment, possession });
		for (const worker of [market.dave, market.eve]) {
			await chain.send(worker, market.tx.workers.register(BOND, 'a worker with snarkjs'));
		}
	});

	describe('answers a job', () => {
		let job, sound;

		before(async () => {
			job = await claimed();
			sound = await answer(job);
		});

		const refuses = async (job, answer, reason) => {
			const { address } = market.dave;
			assert.equal(await chain.objection('jobs.canSubmit', job, address, answer.output, answer.proof), reason);
			await books.refuses('dave', market.submit(job, answer), reason);
		};

		it('not with another output', async () => {
			await refuses(job, { ...sound, output: output(ANSWER + 1) }, 'jobs.InvalidProof');
		});

		it('not with the proof for another job, another worker or none', async () => {
			const bindings = {
				'another job': bindingOf(chain.genesis, job + 1n, market.dave.address),
				'another worker': bindingOf(chain.genesis, job, market.eve.address),
				'no job': 0n,
			};
			for (const [whose, binding] of Object.entries(bindings)) {
				const proof = proofBytes(await prove(binding));
				await refuses(job, { ...sound, proof }, 'jobs.InvalidProof').catch((error) => {
					throw new Error(`a proof for ${whose}`, { cause: error });
				});
			}
		});

		it('with the proof for this job, and everybody gets their share', async () => {
			const { charlie, dave } = market;
			const held = (await chain.api.query.system.account(charlie.address)).data.reserved.toBigInt();
			const settled = await books.moves('dave', () => chain.send(dave, market.submit(job, sound)), {
				dave: { free: 1_700n * MILLI },
				pot: { free: 200n * MILLI },
				charlie: { free: held - 2_000n * MILLI, held: -held },
				issuance: -100n * MILLI,
			});
			const { output: bytes, worker } = event(settled, 'jobs.Settled');
			assert.equal(Buffer.from(bytes.slice(2), 'hex').readUInt32LE(), ANSWER);
			assert.equal(worker, dave.address);
		});

		it('and not a second one with the same proof', async () => {
			const second = await claimed();
			await refuses(second, sound, 'jobs.InvalidProof');
			event(await chain.send(market.dave, market.submit(second, await answer(second))), 'jobs.Settled');
		});
	});
});
