// SPDX-License-Identifier: Apache-2.0

// Commands that wait: for what nobody answers, on nodes that freeze and forget.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { candor, startCandor } from '../lib/cli.mjs';
import { openArguments, reportOf, run } from '../lib/commands.mjs';
import { event, Market } from '../lib/market.mjs';

const LINE = 3;

let market, chain, url;

before(async () => {
	market = await Market.start({ args: ['--state-pruning', '16'] });
	({ chain } = market);
	({ url } = chain.node);
});
after(() => market.stop());

/** How many jobs were ever opened. */
const opened = async () => Number(await chain.api.query.jobs.nextJobId());

describe('watching', () => {
	it('goes on behind blocks whose states are gone, and names them', async () => {
		// More blocks than it sees before it sleeps, and than there are states when it wakes.
		const watch = startCandor(['chain', 'watch', '--json', '--blocks', '40', '--url', url]);
		const commitment = await market.commitment(LINE);
		const cancelled = async () => {
			const job = await market.open(commitment);
			await chain.send(market.charlie, market.tx.jobs.cancel(job));
			return Number(job);
		};
		// It prints nothing before the first event.
		let first;
		do {
			first = await cancelled();
			await sleep(700);
		} while (!watch.log.includes('Jobs.Refunded'));
		watch.signal('SIGSTOP');
		const asleep = await cancelled();
		const gone = await chain.height();
		await chain.blocks(60);
		watch.signal('SIGCONT');
		await watch.logged(/"missed"/);
		const last = await cancelled();
		await watch.logged(new RegExp(`"Jobs.Refunded".*"job":${last},`));
		// Not so fast that it falls behind again.
		for (let made = 0; made < 40; made += 4) {
			await chain.blocks(4);
			await sleep(200);
		}

		assert.equal((await watch.ended()).code, 3);
		const lines = watch.log
			.split('\n')
			.filter((line) => /^\{"/.test(line))
			.map((line) => JSON.parse(line));
		const told = lines.filter(({ event }) => event === 'Jobs.Refunded').map(({ job }) => job);
		assert(told.includes(first) && told.includes(last) && !told.includes(asleep), `${told}`);
		const { missed } = lines.find(({ missed }) => missed);
		assert(missed.from <= gone && gone <= missed.to, JSON.stringify(missed));
		assert.match(watch.log, new RegExp(`what happened in blocks ${missed.from} to ${missed.to} is missing`));
	});

	it('begins with no block whose state is gone', async () => {
		await chain.blocks(60);
		const { code, out, err } = await candor(['chain', 'watch', '--from', '1', '--blocks', '5', '--url', url]);
		assert.deepEqual([code, out], [2, ''], err);
		const later = Number(err.match(/begin with --from (\d+)/)[1]);
		const run = await candor(['chain', 'watch', '--from', `${later + 2}`, '--blocks', '3', '--url', url]);
		assert.equal(run.code, 0, run.err);
	});
});

describe('a deadline', () => {
	it('is told as the chain has moved it by blocks that did not count', async () => {
		const { job, deadline } = await run(openArguments(market, 'Charlie'));
		const status = () => run(['job', 'status', `${job}`, '--url', url]);
		const first = await status();
		assert.deepEqual([first.code, first.deadline, first.deadline_moved_by], [0, deadline, 0], first.err);
		await chain.sudo(market.tx.circuits.freeze(market.circuit));
		await chain.blocks(5);
		const frozen = await status();
		await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
		const after = await status();
		await chain.blocks(3);
		const later = await status();
		assert(frozen.deadline_moved_by >= 5, `${frozen.deadline_moved_by}`);
		assert(after.deadline_moved_by > frozen.deadline_moved_by);
		assert.equal(later.deadline_moved_by, after.deadline_moved_by);
		for (const moved of [frozen, after, later]) {
			assert.equal(moved.deadline, deadline + moved.deadline_moved_by);
			// What the chain itself says of the last claim.
			assert.equal(moved.deadline, moved.claim_by + moved.proving_period);
		}
	});
});

describe('a wait for an answer', () => {
	/** Opens a job and waits for its answer, in the background. */
	const waiting = async (...more) => {
		const daemon = startCandor(openArguments(market, 'Charlie', '--wait', '--json', ...more));
		await daemon.logged(/waiting for the answer to job \d+: a worker may claim it/);
		return daemon;
	};

	it('ends when nobody can claim the job any more', async () => {
		const daemon = await waiting('--proving-period', '10', '--deadline', '20');
		await chain.blocks(25);
		const { code, error, ...achieved } = await reportOf(daemon);
		assert.deepEqual([code, error.kind, achieved.outcome], [1, 'refused', 'lapsed']);
		assert.match(error.hint, new RegExp(`candor job expire ${achieved.job}`));
		assert.match(achieved.transaction, /^0x/);
		const expired = await run(['job', 'expire', `${achieved.job}`, '--url', url, '--suri', '//Eve']);
		assert.deepEqual([expired.code, expired.outcome], [0, 'refunded']);
	});

	it('ends when it has taken too long', async () => {
		const { code, error, job, block } = await run(openArguments(market, 'Charlie', '--wait', '--timeout', '3'));
		assert.deepEqual([code, error.kind], [3, 'failed']);
		assert.match(error.causes.join(' '), /no end of it after 3 s/);
		assert.match(error.hint, new RegExp(`candor job status ${job}`));
		assert.match(block, /^0x/);
	});

	it('ends with the job when that ended in a block whose state is gone', async () => {
		const daemon = await waiting('--deadline', '500');
		daemon.signal('SIGSTOP');
		const job = (await opened()) - 1;
		event(await chain.send(market.charlie, market.tx.jobs.cancel(job)), 'jobs.Refunded');
		await chain.blocks(60);
		daemon.signal('SIGCONT');
		const { code, error, ...achieved } = await reportOf(daemon);
		assert.deepEqual([code, error.kind, achieved.job], [3, 'failed', job]);
		assert.match(error.causes.join(' '), /it has ended, in one of the blocks \d+ to \d+/);
	});

	it('goes on over blocks whose states are gone', async () => {
		const daemon = await waiting('--deadline', '500');
		daemon.signal('SIGSTOP');
		await chain.blocks(60);
		daemon.signal('SIGCONT');
		await chain.send(market.charlie, market.tx.jobs.cancel((await opened()) - 1));
		const { code, outcome } = await reportOf(daemon);
		assert.deepEqual([code, outcome], [1, 'refunded']);
	});

	it('ends with the job when the node freezes', async () => {
		const daemon = await waiting('--deadline', '500');
		chain.node.daemon.signal('SIGSTOP');
		try {
			const { code, error, job, transaction, block } = await reportOf(daemon, 150_000);
			assert.deepEqual([code, error.kind], [3, 'failed']);
			assert.match(error.causes.join(' '), /the connection to ws:\S+ was lost, and not regained/);
			assert.match(error.hint, new RegExp(`candor job status ${job}`));
			for (const hash of [transaction, block]) assert.match(hash, /^0x[0-9a-f]{64}$/);
		} finally {
			chain.node.daemon.signal('SIGCONT');
		}
	});
});
