// SPDX-License-Identifier: Apache-2.0

// A ceremony as docs/ceremony.md tells it to strangers, of whom one cheats; then a job under its keys.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Chain } from '../lib/chain.mjs';
import { candor, candorJson, startWorker } from '../lib/cli.mjs';
import { contribute, transcriptHash } from '../lib/ceremony.mjs';
import { ROOT } from '../lib/paths.mjs';
import { negated } from '../lib/points.mjs';
import { powers, snarkjs } from '../lib/powers.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const BLOCK_TIME = 400;
const TINY = join(ROOT, 'offchain/cli/tests/tiny');

/** The commands of the page before those of snarkjs' own ceremony, one a line. */
const commandsOfPage = () => {
	const [page] = readFileSync(join(ROOT, 'docs/ceremony.md'), 'utf8').split('\n## With snarkjs\n');
	const blocks = [...page.matchAll(/^ *```\n(.*?)^ *```$/gms)].map(([, block]) => block);
	const lines = blocks.flatMap((block) => block.replace(/\\\n/g, ' ').split('\n'));
	return lines.map((line) => line.replace(/#.*$/, '').trim()).filter((line) => line.startsWith('candor '));
};

let work, stranger, chain;

/**
 * A command of the page, typed with other words for some of its own.
 *
 * @param {string} start what it begins with
 * @param {Record<string, string>} [words]
 * @param {object} [options] see `candor`, and `cwd` if it is not the ceremony's folder
 */
const typed = (start, words = {}, options = {}) => {
	const found = commandsOfPage().filter((line) => line.startsWith(`candor ${start} `));
	assert.equal(found.length, 1, `the page has ${found.length} commands ${start}`);
	const told = found[0].split(/\s+/).slice(1);
	for (const word of Object.keys(words)) assert(told.includes(word), `${word} is not in: ${found[0]}`);
	const { more = [], ...rest } = options;
	const env = chain ? { CANDOR_URL: chain.node.url } : {};
	return candor([...told.map((word) => words[word] ?? word), ...more], { cwd: work, env, ...rest });
};

/** The same for its result. */
const report = async (start, words, options = {}) => {
	const { code, out, err } = await typed(start, words, { more: ['--json', '--quiet'], ...options });
	assert.equal(code, 0, `${start}: ${out}${err}`);
	return JSON.parse(out);
};

const file = (name) => readFileSync(join(work, name));

before(async () => {
	work = temporaryFolder('ceremony');
	stranger = temporaryFolder('stranger');
	const made = await powers();
	for (const name of ['bare.ptau', 'powers.ptau']) copyFileSync(join(made, name), join(work, name));
	const samples = join(TINY, 'samples.csv');
	await candorJson(['compile', join(TINY, 'tiny.onnx'), '--calibration', samples, '--out', join(work, 'model')]);
	// All that a stranger has, beside what is published.
	mkdirSync(join(stranger, 'model'));
	for (const name of ['architecture.json', 'schema.json']) {
		copyFileSync(join(work, 'model', name), join(stranger, 'model', name));
	}
	copyFileSync(join(work, 'powers.ptau'), join(stranger, 'powers.ptau'));
	writeFileSync(join(work, 'alice.key'), '//Alice\n', { mode: 0o600 });
	chain = await Chain.start({ blockTime: BLOCK_TIME });
});
after(() => chain?.close());

describe('a ceremony', () => {
	it('begins from powers that snarkjs finds in order', async () => {
		const { stdout } = await snarkjs(work, 'powersoftau', 'verify', 'powers.ptau');
		assert.match(stdout, /Powers of Tau Ok!/);
	});

	it('is practised with powers that snarkjs would not prepare otherwise', async () => {
		const own = temporaryFolder('powers');
		await candorJson(['ceremony', 'powers', '--power', '8', join(own, 'own.ptau')]);
		await snarkjs(own, 'powersoftau', 'prepare', 'phase2', 'own.ptau', 'prepared.ptau');
		assert(readFileSync(join(own, 'own.ptau')).equals(readFileSync(join(own, 'prepared.ptau'))));
	});

	it('begins with a file that anybody computes again, from powers that were prepared or not', async () => {
		const begun = await report('ceremony new');
		assert.equal(begun.transcript, transcriptHash(file('0.ceremony')));
		const again = await report('ceremony new', { 'powers.ptau': 'bare.ptau', '0.ceremony': 'again.ceremony' });
		assert.equal(again.transcript, begun.transcript);
		assert(file('again.ceremony').equals(file('0.ceremony')));
		const { code, err } = await typed('ceremony new');
		assert.equal(code, 2);
		assert.match(err, /0\.ceremony exists already/);
	});

	it('takes a contribution, and tells the hash to publish and what it is doing', async () => {
		const { code, out, err } = await typed('ceremony contribute', {}, { input: 'some random text\n' });
		assert.equal(code, 0, err);
		assert(out.includes(transcriptHash(file('1.ceremony'))), out);
		assert.match(err, /checking the steps of the ceremony …\n(.*\n)*contributing …/);
	});

	/** The verdict on a second step by Mallory, who does one thing or another. */
	const afterMallory = async (deed) => {
		writeFileSync(join(work, 'mallory.ceremony'), contribute(file('1.ceremony'), 'Mallory', deed));
		const words = { '4.ceremony': 'mallory.ceremony', HASH: transcriptHash(file('mallory.ceremony')) };
		const { code, out, err } = await typed('ceremony verify', words, { more: ['--json', '--quiet'] });
		assert(code < 2, err);
		return { code, ...JSON.parse(out) };
	};

	const isCaught = async (deed, reason) => {
		const { code: verdict, valid, reason: told } = await afterMallory(deed);
		assert.deepEqual([verdict, valid], [1, false]);
		assert(told.startsWith('step 2, the contribution of "Mallory": '), told);
		assert.match(told, reason);

		const next = { '0.ceremony': 'mallory.ceremony', '1.ceremony': '2.ceremony', Ada: 'Charles' };
		const { code, err } = await typed('ceremony contribute', next, { input: 'some other text\n' });
		assert.equal(code, 1, err);
		assert(err.includes(told), err);
		assert.match(err, /hint: do not contribute to it: .* the last file that is valid/);
		assert(!existsSync(join(work, '2.ceremony')), 'nothing is handed on');
	};

	it('accuses nobody who did what everybody does', async () => {
		const { code, valid, steps } = await afterMallory({});
		assert.deepEqual([code, valid], [0, true]);
		assert.equal(steps[1], 'step 2, the contribution of "Mallory"');
	});

	it('tells who does not know the factor of a trapdoor', async () => {
		await isCaught({ claimed: 2n }, /the proof of knowing the factor of gamma does not hold/);
	});

	it('tells who changes the key besides', async () => {
		const infinity = (point) => point.every((byte) => byte === 0);
		const change = (key) => {
			const at = key.rest.findIndex((point) => !infinity(point));
			key.rest[at] = negated(key.rest[at]);
		};
		await isCaught({ change }, /: L does not follow from the first key and the trapdoors$/);
	});

	it('goes on from the last file that was valid', async () => {
		const next = { '0.ceremony': '1.ceremony', '1.ceremony': '2.ceremony', Ada: 'Charles' };
		const { transcript } = await report('ceremony contribute', next, { input: 'some other text\n' });
		assert.equal(transcript, transcriptHash(file('2.ceremony')));
	});

	it('ends with a beacon: the hash of a block', async () => {
		const HEX = (await chain.api.rpc.chain.getBlockHash()).toHex();
		const words = { '3.ceremony': '2.ceremony', HEX, 20: '10' };
		const { transcript } = await report('ceremony beacon', words);
		assert.equal(transcript, transcriptHash(file('4.ceremony')));
	});
});

describe('the keys of a ceremony', () => {
	let final, registered;

	it('are verified by a stranger from circuit and powers alone', async () => {
		copyFileSync(join(work, '4.ceremony'), join(stranger, '4.ceremony'));
		final = await report('ceremony verify', { HASH: transcriptHash(file('4.ceremony')) }, { cwd: stranger });
		assert.equal(final.valid, true);
		assert.equal(final.quality, 'ceremony');
		assert.equal(final.powers_contributions, 2);
		assert.deepEqual(final.steps, [
			'step 1, the contribution of "Ada"',
			'step 2, the contribution of "Charles"',
			'step 3, the beacon',
		]);
		assert.equal(final.transcript, transcriptHash(file('4.ceremony')));

		const other = await typed('ceremony verify', { HASH: `0x${'01'.repeat(32)}` }, { cwd: stranger });
		assert.equal(other.code, 1, other.err);
		assert.match(other.out, /^invalid: the hash of the transcript is /);
		const missing = await typed('ceremony verify', { HASH: final.transcript, '4.ceremony': '9.ceremony' });
		assert.equal(missing.code, 2);
	});

	it('are written beside the model, and are those of the circuit that is registered', async () => {
		const finalised = await report('ceremony finalise');
		assert.equal(finalised.transcript, final.transcript);
		assert.equal(finalised.quality, 'ceremony');
		const checked = await candorJson(['setup', 'verify', join(work, 'model')]);
		assert.deepEqual([checked.valid, checked.circuit], [true, finalised.circuit]);

		registered = await report('circuit register');
		assert.equal(registered.circuit, finalised.circuit);
		assert.equal(registered.declared, 'ceremony');
	});

	it('stand on chain with the hash of the transcript', async () => {
		const { provenance } = await chain.view('circuits.circuit', registered.circuit);
		assert.equal(provenance.declared, 'Ceremony');
		assert.equal(provenance.transcript, final.transcript);
		assert.equal(transcriptHash(file('model/ceremony.transcript')), provenance.transcript);
		const { valid } = await report('ceremony verify', { HASH: provenance.transcript }, { cwd: stranger });
		assert.equal(valid, true);
	});

	it('are not declared to be those of another ceremony', async () => {
		const more = ['--transcript', `0x${'01'.repeat(32)}`];
		const { code, err } = await typed('circuit register', {}, { more });
		assert.equal(code, 2);
		assert(err.includes(`the ceremony ${final.transcript}`), err);
	});

	it('prove a job that is paid', async () => {
		const { circuit } = await report('model register');
		assert.equal(circuit, registered.circuit);
		const as = (name) => ['--url', chain.node.url, '--suri', `//${name}`];
		await candorJson(['worker', 'register', '--bond', '100', ...as('Dave')]);
		const state = temporaryFolder('state');
		const worker = startWorker(['--dir', join(work, 'model'), '--data', state, '--once', '1', ...as('Dave')]);
		await worker.logged(/ready/);
		const settled = await candorJson([
			...['job', 'open', '--model', '0:1', '--schema', join(stranger, 'model/schema.json')],
			...['--input', join(TINY, 'samples.csv'), '--sample', '1', '--price', '2', '--wait', ...as('Charlie')],
		]);
		assert.equal(settled.outcome, 'settled');
		assert.equal((await worker.ended()).code, 0, worker.lastLines);
	});
});
