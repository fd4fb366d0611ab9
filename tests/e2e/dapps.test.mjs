// SPDX-License-Identifier: Apache-2.0

// The program in docs/dapps.md, run as it stands against a chain with a real worker.

import assert from 'node:assert/strict';
import { readFileSync, copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { u8aConcat, u8aToHex } from '@polkadot/util';

import { prove, sample } from '../lib/artifacts.mjs';
import { MILLI, UNIT } from '../lib/balances.mjs';
import { Chain } from '../lib/chain.mjs';
import { possessionOf } from '../lib/circom.mjs';
import { startWorker } from '../lib/cli.mjs';
import { event, Market } from '../lib/market.mjs';
import { startNode } from '../lib/node.mjs';
import { ROOT } from '../lib/paths.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

/** What the page's program calls its results. */
const RESULTS =
	'constants, quote, input, commitment, job, firstAction, logits, digit, worker, track, whyNotClaim, whyNotSubmit, skipped, bound, whyNotRegister, registration, returned, refusal, image';
/** The sample of the test set that the page shows. */
const LINE = 1;

/** The pieces of the page's program. */
const codeOfPage = () => {
	const text = readFileSync(join(ROOT, 'docs/dapps.md'), 'utf8');
	return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
};

/**
 * Functions of the page, for a chain of the tests.
 *
 * @param {import('../lib/chain.mjs').Chain} chain
 */
const functionsOfPage = ({ api }) => {
	const pieces = codeOfPage().filter((code) => /const (view|explain|ended) =/.test(code));
	assert.equal(pieces.length, 3);
	const program = pieces
		.join('\n')
		.replace(/^import .*$/gm, '')
		.replace(/^const (firstAction|end) = .*$/gm, '');
	return new Function('api', 'u8aConcat', 'u8aToHex', `${program}\nreturn { send, ended };`)(api, u8aConcat, u8aToHex);
};

describe('the page for dApp developers', () => {
	let market, worker, page;

	before(async () => {
		market = await Market.start({ blockTime: 500 });
		const { folder } = market.model;
		const data = temporaryFolder('state');
		worker = startWorker(['--dir', folder, '--data', data, '--url', market.chain.node.url, '--suri', '//Dave']);
		await worker.logged(/ready/);

		const blocks = codeOfPage();
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
		assert.deepEqual(page.track, { settled: 1, score: 0.090909 });
		assert.equal(page.job, 0n);
		// The worker may be done before the page asks.
		assert(['Claim', 'Submit', 'Nothing'].includes(page.firstAction), page.firstAction);
	});

	it('is told why something would be refused', () => {
		assert.equal(page.whyNotClaim.name, 'jobs.ReputationTooLow');
		assert.match(page.whyNotClaim.meaning, /reputation/);
		assert.equal(page.whyNotSubmit.name, 'jobs.NotClaimed');
		assert.deepEqual(page.skipped, [
			{ item: 0, reason: 'NotClaimed' },
			{ item: 1, reason: 'UnknownJob' },
		]);
	});

	it('computes what a proof of possession is bound to, and is told that there is none', () => {
		const { chain, circuit, model, ferdie } = market;
		assert.equal(page.bound, possessionOf(chain.genesis, circuit, model.commitment, ferdie.address));
		assert.equal(page.whyNotRegister.name, 'models.MalformedProof');
		assert.equal(page.registration.args[4].input.toHex(), page.commitment);
	});

	it('withdraws a job, but not twice', () => {
		assert.equal(page.returned, 2n * UNIT);
		assert.equal(page.refusal.name, 'jobs.UnknownJob');
		assert.match(page.refusal.meaning, /No open job has this id/);
	});
});

describe('the page’s send', () => {
	let chain, send, eve, ferdie;
	const remark = (text) => chain.api.tx.system.remark(text);

	before(async () => {
		// With slots, so that transactions wait in the pool.
		const node = await startNode(['--dev', '--sealing', 'aura'], { name: 'slots' });
		chain = await Chain.connect(node.url, node);
		({ eve, ferdie } = chain.accounts);
		({ send } = functionsOfPage(chain));
	});
	after(() => chain.stop());

	it('ends when another transaction takes the place', async () => {
		// Right after a block, so that both meet in the pool and not in the next one.
		const height = await chain.height();
		while ((await chain.height()) === height) await sleep(50);
		const nonce = await chain.api.rpc.system.accountNextIndex(eve.address);
		const first = assert.rejects(send(eve, remark('0x01')), { name: 'Usurped' });
		await sleep(300);
		await remark('0x02').signAndSend(eve, { nonce, tip: 10n ** 10n });
		await first;
	});

	it('ends when the pool takes it for invalid', async () => {
		const drained = chain.account('//Drained');
		await send(ferdie, chain.api.tx.balances.transferKeepAlive(drained.address, 10n ** 11n), { final: false });
		const nonce = (await chain.api.rpc.system.accountNextIndex(drained.address)).toNumber();
		const second = {
			signAndSend: (who, then) => remark('0x04').signAndSend(who, { nonce: nonce + 1 }, then),
		};
		const end = assert.rejects(send(drained, second), { name: 'Invalid' });
		await chain.api.tx.balances.transferAll(ferdie.address, false).signAndSend(drained, { nonce });
		await end;
	});

	it('ends at once for an account without money', async () => {
		await assert.rejects(send(chain.account('//Poor'), remark('0x03')), /Inability to pay some fees/);
	});

	it('ends when there has been patience enough', async () => {
		await assert.rejects(send(ferdie, remark('0x05'), { patience: 100 }), { name: 'Timeout' });
	});

	it('ends when the connection is lost', async () => {
		const other = await Chain.connect(chain.node.url);
		const end = assert.rejects(functionsOfPage(other).send(chain.accounts.dave, other.api.tx.system.remark('0x06')), {
			name: 'Disconnected',
		});
		await sleep(300);
		await other.api.disconnect();
		await end;
	});
});

describe('the page’s loop', () => {
	let market, page, ended, commitment;

	before(async () => {
		market = await Market.start({ args: ['--state-pruning', '16'] });
		// A connection of its own: polkadot.js keeps what it has read.
		page = await Chain.connect(market.chain.node.url);
		({ ended } = functionsOfPage(page));
		commitment = await market.commitment(LINE);
	});
	after(async () => {
		await page.stop();
		await market.stop();
	});

	it('ends for a job that nobody can answer any more', async () => {
		const from = await market.chain.height();
		const job = await market.open(commitment, { lifetime: 30 });
		await market.chain.blocks(40);
		await assert.rejects(ended(job, from + 30), { name: 'Lapsed' });
	});

	it('leaves out blocks whose states are gone while the job is open', async () => {
		const from = await market.chain.height();
		const job = await market.open(commitment, { lifetime: 200 });
		await market.chain.blocks(60);
		const cancelled = market.chain.send(market.charlie, market.tx.jobs.cancel(job));
		const end = await ended(job, from);
		assert(market.chain.api.events.jobs.Refunded.is(end));
		await cancelled;
	});

	it('says so when the job has ended in one of them', async () => {
		const from = await market.chain.height();
		const job = await market.open(commitment, { lifetime: 200 });
		event(await market.chain.send(market.charlie, market.tx.jobs.cancel(job)), 'jobs.Refunded');
		await market.chain.blocks(60);
		await assert.rejects(ended(job, from), { name: 'Pruned' });
	});
});
