// SPDX-License-Identifier: Apache-2.0

// The program in docs/dapps.md, run as it stands against a chain with a real worker.

import assert from 'node:assert/strict';
import { readFileSync, copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { prove, sample } from '../lib/artifacts.mjs';
import { MILLI, UNIT } from '../lib/balances.mjs';
import { startWorker } from '../lib/cli.mjs';
import { Market } from '../lib/market.mjs';
import { ROOT } from '../lib/paths.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

/** What the page's program calls its results. */
const RESULTS =
	'constants, quote, input, commitment, job, firstAction, logits, digit, worker, track, whyNotClaim, whyNotSubmit, whyNotSettle, returned, refusal, image';
/** The sample of the test set that the page shows. */
const LINE = 1;

describe('the page for dApp developers', () => {
	let market, worker, page;

	before(async () => {
		market = await Market.start({ blockTime: 500 });
		const { folder } = market.model;
		const data = temporaryFolder('state');
		worker = startWorker(['--dir', folder, '--data', data, '--url', market.chain.node.url, '--suri', '//Dave']);
		await worker.logged(/ready/);

		const text = readFileSync(join(ROOT, 'docs/dapps.md'), 'utf8');
		const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
		assert(blocks.length >= 10, `${blocks.length} blocks`);
		const program = blocks.join('\n').replace('ws://127.0.0.1:9944', market.chain.node.url);
		const place = temporaryFolder('page');
		symlinkSync(join(ROOT, 'tests/node_modules'), join(place, 'node_modules'));
		copyFileSync(join(folder, 'schema.json'), join(place, 'schema.json'));
		const file = join(place, 'page.mjs');
		writeFileSync(file, `${program}\nexport { ${RESULTS} };\n`);
		page = await import(pathToFileURL(file));
	});
	after(async () => {
		await worker?.stop();
		await market?.stop();
	});

	it('reads the constants', () => {
		assert.deepEqual(page.constants, {
			minPrice: 10n * MILLI,
			protocolFee: 0.05,
			minProvingPeriod: 5,
			maxInlineInput: 4096,
		});
	});

	it('is quoted parts that add up', () => {
		assert.deepEqual(page.quote, { payout: 1_700n * MILLI, royalty: 200n * MILLI, fee: 100n * MILLI });
	});

	it('shows an image of the test set', () => {
		assert.deepEqual(page.image, sample(market.model.samples, LINE).values);
	});

	it('computes the commitment that the command line computes', async () => {
		assert.equal(page.commitment, (await prove(market.model, LINE)).input_commitment);
	});

	it('gets the right answer from the worker', async () => {
		assert.equal(page.worker, market.dave.address);
		assert.equal(page.digit, sample(market.model.samples, LINE).label);
		assert.deepEqual(page.logits, (await prove(market.model, LINE)).logits);
		assert.deepEqual(page.track, { settled: 1, score: 0.0625 });
		assert.equal(page.job, 0n);
		assert(['Claim', 'Submit'].includes(page.firstAction), page.firstAction);
	});

	it('is told why something would be refused', () => {
		assert.equal(page.whyNotClaim.name, 'jobs.ReputationTooLow');
		assert.match(page.whyNotClaim.meaning, /reputation/);
		assert.equal(page.whyNotSubmit.name, 'jobs.NotClaimed');
		assert.equal(page.whyNotSettle.name, 'jobs.BadItem');
		assert.deepEqual(page.whyNotSettle.details, { item: 0, reason: 'NotClaimed' });
	});

	it('withdraws a job, but not twice', () => {
		assert.equal(page.returned, 2n * UNIT);
		assert.equal(page.refusal.name, 'jobs.UnknownJob');
		assert.match(page.refusal.meaning, /No open job has this id/);
	});
});
