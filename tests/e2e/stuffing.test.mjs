// SPDX-License-Identifier: Apache-2.0

// Keeping others out of blocks: what is let into the pool, what a full block costs, and that a worker's
// time does not run while there is no room for its answer.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { UNIT } from '../lib/balances.mjs';
import { BOND, Books, event, Market } from '../lib/market.mjs';

const LINE = 8;
/** What ordinary transactions may use of a block, in bytes. */
const ROOM = 3_932_160;
/** The longest transaction that anybody may send, in bytes. */
const LONGEST = 768 * 1024;
/** The least that a block costs which is filled with bytes. */
const FULL_BLOCK = (14n * UNIT) / 10n;
/** Transactions that fill a block. */
const PER_BLOCK = 6;
/** Bytes of a block without transactions, and some: less than an answer takes. */
const OVERHEAD = 200;
/** Blocks that are filled: more than a worker has. */
const BLOCKS = 8;
const PROVING_PERIOD = 5;
/** What fees are multiplied with at the least: one, in a fixed point of 18 digits. */
const LOWEST = 10n ** 18n;
const SESSION = 100;
/** What the pool says about a transaction that cannot be included. */
const INVALID = 'transaction.1010';

let market, chain, api, books;

before(async () => {
	// Transactions that wait for another may use a tenth of the pool.
	market = await Market.start({ args: ['--pool-kbytes', '1024000'] }, 'hashed');
	({ chain } = market);
	({ api } = chain);
	books = new Books(chain, ['charlie', 'dave', 'eve', 'ferdie']);
});
after(() => market.stop());

const remark = (bytes) => market.tx.system.remark(`0x${'5a'.repeat(bytes)}`);
/** A remark that makes a transaction of so many bytes. */
const remarkOf = async (signer, length, options) => {
	const { encodedLength } = await remark(length).signAsync(signer, options);
	return remark(2 * length - encodedLength);
};
const nameOf = ({ method }) => `${method.section}.${method.method}`;

/** The calls in a block, what their signers paid, and what fees are multiplied with afterwards. */
const blockAt = async (number) => {
	const hash = await api.rpc.chain.getBlockHash(number);
	const { block } = await api.rpc.chain.getBlock(hash);
	const { query } = await api.at(hash);
	const paid = (await query.system.events()).filter(({ event }) =>
		api.events.transactionPayment.TransactionFeePaid.is(event),
	);
	const fee = paid.reduce((sum, { event }) => sum + event.data.actualFee.toBigInt(), 0n);
	const multiplier = (await query.transactionPayment.nextFeeMultiplier()).toBigInt();
	return { calls: block.extrinsics.map(nameOf), fee, multiplier };
};

describe('what only root has a use for', () => {
	const prefix = (bytes) => market.tx.system.killPrefix(`0x${'5a'.repeat(bytes)}`, 0);

	/** The pool turns it away, whoever pays how much. */
	const barred = async (call, options, reason = /call is not expected/) => {
		const refusal = await chain.turnedAway(market.eve, call, options);
		assert.equal(refusal.id, INVALID, nameOf(call));
		assert.match(refusal.docs, reason, nameOf(call));
	};

	it('is turned away by the pool from others, of any size and with any tip', async () => {
		await books.idle(async () => {
			for (const bytes of [0, 1, 1_000, LONGEST - 1_000, ROOM - 200]) await barred(prefix(bytes));
			await barred(prefix(100), { tip: UNIT });
		});
	});

	it('is every call that would come before the ordinary ones, bare or wrapped', async () => {
		const found = [];
		await books.idle(async () => {
			for (const [name, call] of chain.everyCall(prefix(1))) {
				const { isNormal, isMandatory } = (await call.paymentInfo(market.eve)).class;
				if (isNormal) continue;
				found.push(name);
				await barred(call, {}, isMandatory ? /dispatch is mandatory/ : undefined);
			}
		});
		for (const name of [
			'System.set_code',
			'System.set_storage',
			'System.kill_prefix',
			'System.apply_authorized_upgrade',
			'Timestamp.set',
			'Sudo.sudo',
			'Proxy.proxy',
			'Multisig.as_multi_threshold_1',
			'Utility.batch',
			'Utility.batch_all',
			'Utility.force_batch',
			'Utility.as_derivative',
		]) {
			assert(found.includes(name), `${name} is not among ${found}`);
		}
	});

	it('is taken from whoever holds the key of sudo', async () => {
		await chain.sudo(prefix(1));
		// An upgrade of the runtime is longer than what others may send.
		await chain.sudo(remark(2 * LONGEST));
	});
});

describe('a transaction', () => {
	it('is no longer than 768 KiB', async () => {
		const longest = await remarkOf(market.eve, LONGEST, { nonce: -1 });
		assert.equal((await longest.signAsync(market.eve, { nonce: -1 })).encodedLength, LONGEST);
		const longer = await remarkOf(market.eve, LONGEST + 1, { nonce: -1 });
		await books.idle(async () => {
			for (const call of [longer, remark(1 << 20), remark(ROOM - 500), remark(4_000_000)]) {
				const refusal = await chain.turnedAway(market.eve, call);
				assert.equal(refusal.id, INVALID);
				assert.match(refusal.docs, /exhaust the block limits/);
			}
			const keys = { aura: `0x${'11'.repeat(32)}`, grandpa: `0x${'22'.repeat(32)}` };
			const proof = market.tx.session.setKeys(keys, `0x${'5a'.repeat(ROOM - 500)}`);
			assert.match((await chain.turnedAway(market.eve, proof)).docs, /exhaust the block limits/);
		});
		await chain.send(market.eve, longest);
	});

	it('pays for its length also where it fails', async () => {
		const { fee: usual } = await chain.send(market.eve, remark(1));
		const bytes = 100_000;
		const keys = { aura: `0x${'11'.repeat(32)}`, grandpa: `0x${'22'.repeat(32)}` };
		const failed = await chain.refused(market.eve, market.tx.session.setKeys(keys, `0x${'5a'.repeat(bytes)}`));
		assert.equal(failed.id, 'session.InvalidProof');
		const part = (BigInt(bytes) * FULL_BLOCK) / BigInt(ROOM);
		assert(failed.included.fee - usual > part, `${failed.included.fee} for ${bytes} bytes`);
	});
});

describe('blocks that somebody fills', () => {
	const standstill = async () => (await api.query.jobs.standstill()).toBigInt();
	const multiplier = async () => (await api.query.transactionPayment.nextFeeMultiplier()).toBigInt();

	/**
	 * Fills the next blocks with as many bytes as fit. All but the first transaction wait for it, so that
	 * the pool decides alone what a block holds. Gives the signer's number of transactions afterwards.
	 */
	const fill = async (signer) => {
		const first = (await api.rpc.system.accountNextIndex(signer.address)).toNumber();
		// Beside them, a block has a header and the time.
		const length = Math.floor((ROOM - OVERHEAD) / PER_BLOCK);
		// Enough to come before whoever does not tip.
		const options = { tip: 1_000_000, era: 0 };
		const call = await remarkOf(signer, length, { nonce: first, ...options });
		const last = first + PER_BLOCK * BLOCKS;
		for (let nonce = last - 1; nonce >= first; nonce--) {
			await chain.submit(signer, call, { nonce, ...options });
		}
		return last;
	};

	it('cost what a block is worth, and bring no deadline nearer: the answer is paid afterwards', async () => {
		const job = await market.claimed(market.dave, LINE, {
			provingPeriod: PROVING_PERIOD,
			lifetime: PROVING_PERIOD + 1,
		});
		const answer = await market.answer(market.dave, job, LINE);
		const { until } = (await chain.view('jobs.jobStatus', job)).Claimed;
		const from = await chain.height();
		const before = { standstill: await standstill(), multiplier: await multiplier() };

		const last = await fill(market.ferdie);
		const hash = await chain.submit(market.dave, market.submit(job, answer));
		while ((await api.query.system.account(market.ferdie.address)).nonce.toNumber() < last) await chain.blocks(1);
		await chain.blocks(1);

		const settled = await chain.outcome(hash, from + 1);
		assert.equal(event(settled, 'jobs.Settled').worker, market.dave.address);
		assert(BigInt(settled.number) > until + 1n, `in block ${settled.number}, agreed until ${until}`);

		const blocks = [];
		for (let number = from + 1; number < settled.number; number++) blocks.push(await blockAt(number));
		const full = blocks.filter(({ calls }) => calls.filter((name) => name === 'system.remark').length === PER_BLOCK);
		assert.equal(full.length, BLOCKS);
		for (const { fee } of full) assert(fee > FULL_BLOCK, `a full block for ${fee}`);
		assert.equal(await standstill(), before.standstill + BigInt(BLOCKS));
		// By a hundredth and a half a block.
		assert(full.at(-1).multiplier > before.multiplier + (before.multiplier * 11n) / 100n);

		const { bond, locked } = await chain.view('workers.worker', market.dave.address);
		assert.deepEqual([bond, locked], [BOND, 0n]);
		assert.equal((await chain.view('workers.reputation', market.dave.address)).failed, 0n);
	});

	it('cost nobody else anything: fees fall again', async () => {
		const dear = await multiplier();
		assert(dear > LOWEST);
		await chain.blocks(40);
		assert.equal(await multiplier(), LOWEST);
	});
});

describe('the first block of a session', () => {
	it('has no room, and no answer is lost by it', async () => {
		const start = Math.floor((await chain.height()) / SESSION + 1) * SESSION;
		const provingPeriod = 8;
		await chain.until(start - provingPeriod - 2);
		const job = await market.open(await market.commitment(LINE), { provingPeriod, lifetime: provingPeriod + 1 });
		assert.equal(await market.claim(market.dave, job), BigInt(start));
		const answer = await market.answer(market.dave, job, LINE);
		await chain.until(start - 1);
		const { output, proof } = answer;
		assert.equal(await chain.objection('jobs.canSubmit', job, market.dave.address, output, proof), null);

		const hash = await chain.submit(market.dave, market.submit(job, answer));
		const settled = await chain.outcome(hash, start);
		assert.equal(settled.number, start + 1, 'in the next block, for which nobody had to ask');
		event(settled, 'jobs.Settled');
		const { calls } = await blockAt(start);
		assert.deepEqual(calls, ['timestamp.set']);
	});
});
