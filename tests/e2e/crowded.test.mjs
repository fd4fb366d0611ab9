// SPDX-License-Identifier: Apache-2.0

// A pool full of cheap transactions, of which each block takes one and has room left: a worker gets its
// claim and its answer in by paying a little more.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { inputBytes, model } from '../lib/artifacts.mjs';
import { UNIT } from '../lib/balances.mjs';
import { Chain } from '../lib/chain.mjs';
import { startWorker } from '../lib/cli.mjs';
import { BOND, event, Market } from '../lib/market.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const LINE = 8;
/** Transactions that the pool has room for. */
const POOL = 24;
/** More than half of what a block has room for, in picoseconds: there is one in each. */
const HEAVY = 800_000_000_000n;
/** What each of them tips: more for its room than what tips nothing, and takes little, and less than the worker's first offer. */
const TIP = 1_000_000n;
/** The pool's answer when it is full. */
const FULL = 1016;
/** How long the worker may take, in milliseconds: claim and answer wait for blocks, each of several seconds. */
const ANSWERED = 300_000;

let chain, market, daemon, isFilled;

/** Keeps the pool full until it is told to stop. */
const fill = async () => {
	const { api, accounts } = chain;
	const call = api.tx.sudo.sudoUncheckedWeight(api.tx.system.remark('0x'), { refTime: HEAVY, proofSize: 0n });
	let nonce = (await api.rpc.system.accountNextIndex(accounts.ferdie.address)).toNumber();
	while (isFilled) {
		const signed = await call.signAsync(accounts.ferdie, { nonce, tip: TIP });
		const refusal = await chain.rpc('author_submitExtrinsic', signed.toHex()).then(
			() => null,
			(error) => error,
		);
		if (refusal === null) {
			nonce += 1;
			continue;
		}
		// Full; or the last of them was dropped for one that pays more.
		nonce = (await api.rpc.system.accountNextIndex(accounts.ferdie.address)).toNumber();
		await sleep(200);
	}
};

before(async () => {
	const digits = await model('digits');
	chain = await Chain.start({ args: ['--sealing', 'aura', '--pool-limit', `${POOL}`] });
	market = new Market(chain, digits);
	market.circuit = await market.registerCircuit(market.bob, digits);
	market.sold = await market.registerModel(market.bob, market.circuit);
	await chain.send(market.dave, market.tx.workers.register(BOND, 'a worker'));
	const state = temporaryFolder('state');
	daemon = startWorker([
		'--dir',
		digits.folder,
		'--data',
		state,
		'--url',
		chain.node.url,
		'--suri',
		'//Dave',
		'--once',
		'1',
	]);
	await daemon.logged(/ready/);
});
after(() => chain?.stop());

describe('a full pool', () => {
	it('turns away what pays no more, and a worker answers past it', async () => {
		isFilled = true;
		const filling = fill();
		const { eve, charlie, dave } = market;
		for (;;) {
			const signed = await chain.api.tx.system.remark('0x').signAsync(eve, { nonce: -1 });
			const { code } = await chain.rpc('author_submitExtrinsic', signed.toHex()).then(
				() => ({}),
				(error) => error,
			);
			if (code === FULL) break;
			await sleep(500);
		}

		const input = `0x${inputBytes(market.model, LINE).toString('hex')}`;
		const open = await market.openCall(await market.commitment(LINE), { input, provingPeriod: 10, lifetime: 20 });
		const standstill = await chain.api.query.jobs.standstill();
		const { job } = event(await chain.send(charlie, open, { tip: UNIT }), 'jobs.Opened');
		const { code } = await daemon.ended(ANSWERED);
		isFilled = false;
		await filling;

		assert.equal(code, 0, daemon.lastLines);
		assert.match(daemon.log, /others crowd the answer out: it was sent with a tip/);
		assert.match(daemon.log, /settled/);
		assert.equal(await chain.view('jobs.job', job), null);
		assert.equal((await chain.view('workers.reputation', dave.address)).failed, 0n);
		const after = await chain.api.query.jobs.standstill();
		assert.equal(after.toString(), standstill.toString(), 'blocks had room');
	});
});
