// SPDX-License-Identifier: Apache-2.0

// The command line without a chain, beside an independent verifier; and a second model, of another
// shape, all the way to its payment.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { model, prove, sample } from '../lib/artifacts.mjs';
import { ledger, MILLI } from '../lib/balances.mjs';
import { Chain } from '../lib/chain.mjs';
import { candor, candorRefused } from '../lib/cli.mjs';
import { Books, event, Market } from '../lib/market.mjs';
import { MODELS } from '../lib/paths.mjs';
import { hex, Key, R, snarkjsKey } from '../lib/points.mjs';
import { temporaryFolder } from '../lib/processes.mjs';
import { verify } from '../lib/snarkjs.mjs';

const LINE = 6;
const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

describe('a proof of the command line', () => {
	let digits, proof, files;

	before(async () => {
		digits = await model('hashed');
		proof = await prove(digits, LINE);
		files = {
			key: read(digits.folder, 'verification_key.json'),
			public: read(proof.folder, 'public.json'),
			proof: read(proof.folder, 'proof.json'),
		};
	});

	/** Both verifiers give this verdict. */
	const verdict = async (publicInputs, expected) => {
		const folder = temporaryFolder('verify');
		const file = join(folder, 'public.json');
		writeFileSync(file, JSON.stringify(publicInputs));
		const run = await candor(['verify', '--vk', digits.folder, '--proof', proof.folder, '--public', file]);
		assert.equal(run.code, expected ? 0 : 1, run.out + run.err);
		assert.equal(await verify(files.key, publicInputs, files.proof), expected);
	};

	it('is accepted by snarkjs as by candor', async () => {
		await verdict(files.public, true);
	});

	it('is refused by both when any public input is changed', async () => {
		for (let at = 0; at < files.public.length; at++) {
			const changed = files.public.with(at, `${(BigInt(files.public[at]) + 1n) % R}`);
			await verdict(changed, false);
		}
	});

	it('has the same key in bytes and in JSON', () => {
		const { vk_alphabeta_12: _, ...key } = files.key;
		assert.deepEqual(key, snarkjsKey(new Key(digits.key)));
	});

	it('says what the model reads', () => {
		assert.equal(proof.class, sample(digits.samples, LINE).label);
		assert.equal(Math.max(...proof.logits), proof.logits[proof.class]);
	});
});

describe('the demo’s model', () => {
	it('keeps its accuracy as integers, on samples that it has never seen', async () => {
		const { compiled, setup } = await model('digits');
		assert.equal(setup.architecture, '64-32-10');
		assert(compiled.float_accuracy > 0.97, `${compiled.float_accuracy}`);
		assert(compiled.integer_accuracy > 0.96, `${compiled.integer_accuracy}`);
		assert(compiled.constraints < 5_000, `${compiled.constraints} constraints`);
		assert.deepEqual([compiled.scheme, setup.scheme], ['staged', 'staged']);
	});

	it('is proved and verified without a chain, for the model that it is', async () => {
		const [digits, other] = [await model('digits'), await model('deep')];
		const { proof, folder } = await prove(digits, LINE);
		assert.equal(proof.length, 2 + 2 * 320);
		const verify = (...more) =>
			candor(['verify', '--vk', digits.folder, '--proof', folder, '--public', folder, ...more]);
		assert.equal((await verify()).code, 0);
		assert.equal((await verify('--model', digits.commitment)).code, 0);
		const { code, out } = await verify('--model', other.commitment);
		assert.equal(code, 1, out);
		assert.match(out, /does not prove this statement/);
	});
});

describe('a perceptron of another shape', () => {
	let market, books, deep;

	before(async () => {
		deep = await model('deep');
		market = new Market(await Chain.start(), deep);
		await market.registerAll();
		books = new Books(market.chain, ['bob', 'charlie', 'dave', 'eve']);
	});
	after(() => market.stop());

	it('compiles', () => {
		assert.equal(deep.setup.architecture, '6-8-5-3');
		assert(deep.compiled.integer_accuracy > 0.9, `${deep.compiled.integer_accuracy}`);
	});

	it('is proved and paid on chain', async () => {
		const job = await market.claimed(market.dave, LINE);
		const answer = await market.answer(market.dave, job, LINE);
		assert.equal(answer.output.length, 2 + 2 * 12);
		const { held } = (await ledger(market.chain, { charlie: market.charlie })).accounts.charlie;
		const settled = await books.moves('dave', () => market.chain.send(market.dave, market.submit(job, answer)), {
			dave: { free: 1_700n * MILLI },
			pot: { free: 200n * MILLI },
			charlie: { free: held - 2_000n * MILLI, held: -held },
			issuance: -100n * MILLI,
		});
		assert.equal(event(settled, 'jobs.Settled').output, answer.output);
	});

	it('is not registered under the key of the first', async () => {
		const digits = await model('digits');
		const circuit = await market.registerCircuit(market.bob, digits);
		const { input, output, proof } = await market.possession(market.bob, circuit);
		const register = (output) => market.registration(circuit, deep.commitment, { input, output, proof });
		await books.refuses('bob', register(output), 'models.WrongOutputLength');
		await books.refuses('bob', register(hex(Buffer.alloc(40))), 'models.InvalidProof');

		// The command line knows before it proves anything.
		const as = ['--url', market.chain.node.url, '--suri', '//Bob'];
		const args = ['model', 'register', deep.folder, '--circuit', circuit, '--royalty', '5%', ...as];
		const refusal = await candorRefused(args);
		assert.equal(refusal.code, 2);
		assert.match(refusal.message, /another length of the input/);
		const unknown = await candorRefused(args.with(4, `0x${'11'.repeat(32)}`));
		assert.equal(unknown.code, 1);
		assert.match(unknown.message, /it is not registered/);
		assert.match(unknown.hint, /candor circuit register/);
	});
});

describe('a model that no circuit computes', () => {
	it('is refused by the name of its operator', async () => {
		const refusal = await candorRefused([
			...['compile', join(MODELS, 'sine.onnx')],
			...['--calibration', join(MODELS, 'deep.csv')],
			...['--out', join(temporaryFolder('sine'), 'model')],
		]);
		assert.equal(refusal.code, 2);
		assert.match([refusal.message, ...refusal.causes].join(' '), /`Sin`.* is not supported/);
	});
});
