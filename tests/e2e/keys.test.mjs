// SPDX-License-Identifier: Apache-2.0

// A proving key that somebody has tampered with costs a worker nothing: it is refused before a claim.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { blake2AsU8a } from '@polkadot/util-crypto';

import { model } from '../lib/artifacts.mjs';
import { candor, candorJson, startWorker } from '../lib/cli.mjs';
import { Market } from '../lib/market.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const BLOCK_TIME = 400;
/** Bytes of a point in the first and in the second group. */
const [G1, G2] = [64, 128];
const CHECKSUM = 32;

/**
 * A copy of a model's folder whose proving key proves inputs of zeros only: in the list L the points of
 * the first and the last bit of the input are exchanged, and the checksum is made anew.
 */
const rigged = (folder, bits) => {
	const copy = join(temporaryFolder('rigged'), 'model');
	cpSync(folder, copy, { recursive: true });
	const path = join(copy, 'proving.key');
	const bytes = readFileSync(path);
	let at = 8 + 4;
	// No blocks, the single points.
	at += 4 + bytes.readUInt32LE(at) + 8 + 2 + 3 * G1 + 3 * G2;
	const list = (size) => {
		const start = at + 8;
		at = start + Number(bytes.readBigUInt64LE(at)) * size;
		return start;
	};
	list(G1); // IC
	const witnesses = list(G1);
	for (const size of [G1, G1, G2, G1]) list(size); // A, B in both groups, H
	list(G1); // the powers of tau
	assert.equal(at + 2 * G2, bytes.length - CHECKSUM, 'the file is laid out otherwise');
	const last = witnesses + (bits - 1) * G1;
	const first = Buffer.from(bytes.subarray(witnesses, witnesses + G1));
	bytes.copy(bytes, witnesses, last, last + G1);
	first.copy(bytes, last);
	bytes.set(blake2AsU8a(bytes.subarray(0, -CHECKSUM), 256), bytes.length - CHECKSUM);
	writeFileSync(path, bytes);
	return copy;
};

describe('a proving key whose points were exchanged', () => {
	let digits, folder, market;

	before(async () => {
		digits = await model('hashed');
		folder = rigged(digits.folder, 8 * digits.schema.input_len);
		market = await Market.start({ blockTime: BLOCK_TIME }, 'hashed');
	});
	after(() => market?.chain.stop());

	it('is told from an honest one', async () => {
		const honest = await candorJson(['setup', 'verify', digits.folder]);
		assert.deepEqual([honest.valid, honest.circuit], [true, digits.setup.circuit]);
		const verdict = await candor(['setup', 'verify', folder, '--json']);
		assert.equal(verdict.code, 1, verdict.err);
		assert.match(JSON.parse(verdict.out).reason, /does not follow from the circuit/);
	});

	it('ends the worker before it claims a job', async () => {
		const { url } = market.chain.node;
		const { job } = await candorJson([
			...['job', 'open', '--model', '0:1', '--schema', join(digits.folder, 'schema.json'), '--input', digits.samples],
			...['--sample', '8', '--price', '100', '--url', url, '--suri', '//Charlie'],
		]);
		const state = temporaryFolder('state');
		const worker = startWorker(['--dir', folder, '--data', state, '--url', url, '--suri', '//Dave']);
		assert.equal((await worker.ended()).code, 2, worker.lastLines);
		assert.match(worker.log, /proving\.key is refused/);
		assert.doesNotMatch(worker.log, /ready/);
		assert.equal((await candorJson(['job', 'status', `${job}`, '--url', url])).status, 'open');
	});
});
