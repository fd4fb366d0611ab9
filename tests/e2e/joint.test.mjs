// SPDX-License-Identifier: Apache-2.0

// One proof that answers jobs of several requesters: claimed and proved together by a worker daemon, and
// each of them paid for by itself.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { model, sample } from '../lib/artifacts.mjs';
import { MILLI, UNIT } from '../lib/balances.mjs';
import { Chain, plain } from '../lib/chain.mjs';
import { candorJson, startWorker } from '../lib/cli.mjs';
import { ALL_IN_COMMON, Market } from '../lib/market.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const BLOCK_TIME = 400;
/** The runs of a proof, as the model is compiled here. */
const RUNS = 4;

let digits, chain, market, url;

const as = (name) => ['--url', url, '--suri', `//${name}`];

/** Opens a job on a line of the samples. */
const open = async (name, line, price) => {
	const from = ['--schema', join(digits.folder, 'schema.json'), '--input', digits.samples, '--sample', `${line}`];
	// Time enough to prove each job by itself, should one of them have no proof, on a slow machine.
	const terms = ['--price', price, '--proving-period', '150'];
	const { job } = await candorJson(['job', 'open', '--model', '0:1', ...from, ...terms, ...as(name)]);
	return job;
};

/** The events of a pallet in the blocks from a height on, with the extrinsic that each is of. */
const eventsSince = async (from) => {
	const { api } = chain;
	const found = [];
	for (let block = from; block <= (await chain.height()); block++) {
		const { query } = await api.at(await api.rpc.chain.getBlockHash(block));
		for (const { event, phase } of await query.system.events()) {
			const fields = event.data.names?.map((name, at) => [name, plain(event.data[at])]) ?? [];
			const extrinsic = phase.isApplyExtrinsic ? phase.asApplyExtrinsic.toNumber() : undefined;
			found.push({ id: `${event.section}.${event.method}`, block, extrinsic, ...Object.fromEntries(fields) });
		}
	}
	return found;
};

before(async () => {
	digits = await model('joint');
	chain = await Chain.start({ blockTime: BLOCK_TIME });
	market = new Market(chain, digits);
	({ url } = chain.node);
	await candorJson(['circuit', 'register', digits.folder, ...as('Bob')]);
	await candorJson(['model', 'register', digits.folder, '--royalty', '10%', ...as('Bob')]);
	await candorJson(['worker', 'register', '--bond', '100', ...as('Dave')]);
});
after(() => chain?.stop());

describe('a circuit of several runs', () => {
	it('says so on chain', async () => {
		const { schema } = await chain.view('circuits.circuit', digits.setup.circuit);
		assert.deepEqual(schema, { InferencesV1: { inputLen: 64n, outputLen: 40n, runs: BigInt(RUNS) } });
		assert(digits.compiled.constraints < RUNS * 1332, `${digits.compiled.constraints} constraints`);
	});

	it('is answered by hand, one job with all of its places', async () => {
		const job = await open('Charlie', 3, '2');
		await candorJson(['job', 'claim', `${job}`, ...as('Dave')]);
		const answer = await candorJson(['job', 'submit', `${job}`, '--dir', digits.folder, ...as('Dave')]);
		assert.equal(answer.class, sample(digits.samples, 3).label);
		assert.equal(Number(answer.payout), 1.7);
	});

	it('refuses an answer that tells another number of places', async () => {
		const job = await open('Charlie', 3, '2');
		await candorJson(['job', 'claim', `${job}`, ...as('Dave')]);
		const answer = await market.answer(market.dave, BigInt(job), 3);
		const runs = [{ job, output: answer.output }];
		for (const places of [1, RUNS - 1, RUNS + 1]) {
			const batch = [{ worker: market.dave.address, runs, places, proof: answer.proof }];
			const objection = await chain.whyNot('jobs.wouldSettle', batch, ALL_IN_COMMON);
			assert.deepEqual([objection?.id, objection?.details], ['jobs.BadItem', { item: 0n, reason: 'WrongRuns' }]);
		}
		const alone = await chain.whyNot('jobs.canSubmit', job, market.dave.address, answer.output, answer.proof);
		assert.equal(alone?.id, 'jobs.SeveralRuns');
		const right = [{ worker: market.dave.address, runs, places: RUNS, proof: answer.proof }];
		const { events } = await chain.send(market.ferdie, market.tx.jobs.submitBatch(right, ALL_IN_COMMON));
		assert.equal(events.find(({ id }) => id === 'jobs.Settled').job, BigInt(job));
	});
});

describe('a worker that serves it', () => {
	it('answers jobs of several requesters with one proof, and each of them pays its own price', async () => {
		const from = (await chain.height()) + 1;
		const asked = [
			{ name: 'Charlie', line: 4, price: 2n },
			{ name: 'Eve', line: 5, price: 3n },
			{ name: 'Ferdie', line: 6, price: 5n },
		];
		for (const job of asked) job.id = await open(job.name, job.line, `${job.price}`);
		const state = temporaryFolder('state');
		const worker = startWorker(['--dir', digits.folder, '--data', state, '--once', '3', ...as('Dave')]);
		await worker.logged(/proving/);
		assert.equal((await worker.ended()).code, 0, worker.lastLines);

		const until = Date.now() + 30_000;
		while ((await chain.view('workers.worker', market.dave.address)).openJobs > 0n) {
			assert(Date.now() < until, 'the answer becomes final');
			await sleep(BLOCK_TIME);
		}
		const settled = (await eventsSince(from)).filter(({ id }) => id === 'jobs.Settled');
		assert.deepEqual(
			settled.map(({ job, payout, royalty, fee }) => [Number(job), payout + royalty + fee]),
			asked.map(({ id, price }) => [id, price * UNIT]),
		);
		const [{ block, extrinsic }] = settled;
		for (const event of settled) assert.deepEqual([event.block, event.extrinsic], [block, extrinsic], 'one call');
		for (const [at, { line }] of asked.entries()) {
			const logits = Buffer.from(settled[at].output.slice(2), 'hex');
			const values = Array.from({ length: 10 }, (_, place) => logits.readInt32LE(4 * place));
			assert.equal(values.indexOf(Math.max(...values)), sample(digits.samples, line).label);
		}
		assert.equal(worker.log.match(/proving jobs/g)?.length, 1, worker.log);
		assert(!/at risk/.test(worker.log), worker.log);
		assert.equal((await chain.view('workers.worker', market.dave.address)).locked, 0n);
		assert.equal(settled[0].fee, 100n * MILLI);
	});
});
