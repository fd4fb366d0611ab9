// SPDX-License-Identifier: Apache-2.0

// The whole life of a job, with everybody's money to the last unit.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { sample } from '../lib/artifacts.mjs';
import { ledger, MILLI, UNIT } from '../lib/balances.mjs';
import { BOND, Books, BYTE, event, LIFETIME, Market, PRICE, PROVING_PERIOD, RECORD_DEPOSIT } from '../lib/market.mjs';

const PAYOUT = 1_700n * MILLI;
const ROYALTY = 200n * MILLI;
const FEE = 100n * MILLI;
const JOB_BOND = UNIT;

let market, chain, books;

before(async () => {
	market = await Market.start();
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve']);
});
after(() => market.stop());

describe('a job that is answered', () => {
	const LINE = 1;
	let deposit, job, until, answer;

	it('is quoted with parts that add up to its price', async () => {
		const quote = await chain.view('jobs.quote', market.sold.model, market.sold.version, PRICE);
		assert.deepEqual(quote, { Ok: { payout: PAYOUT, royalty: ROYALTY, fee: FEE, bond: JOB_BOND, setup: 'Ceremony' } });
		assert.equal(PAYOUT + ROYALTY + FEE, PRICE);
	});

	it('is opened: price and deposit are held on the requester', async () => {
		const call = await market.openCall(await market.commitment(LINE));
		const included = await books.moves(
			'charlie',
			() => chain.send(market.charlie, call),
			({ events }) => {
				const held = events.filter(({ id }) => id === 'balances.Held');
				deposit = held.find(({ reason }) => reason.Jobs === 'JobDeposit').amount;
				return { charlie: { free: -PRICE - deposit, held: PRICE + deposit } };
			},
		);
		const deadline = BigInt(included.number + LIFETIME);
		const { job: id, ...opened } = event(included, 'jobs.Opened');
		assert.deepEqual(opened, { requester: market.charlie.address, ...market.sold, price: { Fixed: PRICE }, deadline });
		job = id;
		assert.equal(job, 0n);

		const { accounts } = await ledger(chain, { charlie: market.charlie });
		assert.deepEqual(accounts.charlie.holds, { 'Jobs.Escrow': PRICE, 'Jobs.JobDeposit': deposit });
		const by = deadline - BigInt(PROVING_PERIOD);
		assert.deepEqual(await chain.view('jobs.jobStatus', job), { Open: { claimBy: by } });
		assert.deepEqual(await chain.view('jobs.nextAction', job), { Claim: { by } });
		assert.equal(await chain.objection('jobs.canClaim', job, market.dave.address), null);
	});

	it('is claimed: part of the bond is locked, and no money moves', async () => {
		const included = await books.moves('dave', () => chain.send(market.dave, market.tx.jobs.claim(job)), {});
		until = BigInt(included.number + PROVING_PERIOD);
		assert.deepEqual(event(included, 'jobs.Claimed'), {
			job,
			worker: market.dave.address,
			until,
			bond: JOB_BOND,
			price: PRICE,
		});
		const worker = await chain.view('workers.worker', market.dave.address);
		assert.equal(worker.bond, BOND);
		assert.equal(worker.locked, JOB_BOND);
		assert.equal(worker.openJobs, 1n);
		const submit = { worker: market.dave.address, until };
		assert.deepEqual(await chain.view('jobs.jobStatus', job), { Claimed: submit });
		assert.deepEqual(await chain.view('jobs.nextAction', job), { Submit: submit });
	});

	it('is proved, and the chain says beforehand that the proof would pass', async () => {
		answer = await market.answer(market.dave, job, LINE);
		assert.equal(answer.class, sample(market.model.samples, LINE).label, 'the model reads this digit');
		const { address } = market.dave;
		assert.equal(await chain.objection('jobs.canSubmit', job, address, answer.output, answer.proof), null);
	});

	it('is settled: worker, owner and burn get their parts, the deposit returns, the bond is free', async () => {
		const included = await books.moves('dave', () => chain.send(market.dave, market.submit(job, answer)), {
			dave: { free: PAYOUT },
			pot: { free: ROYALTY },
			charlie: { free: deposit, held: -PRICE - deposit },
			issuance: -FEE,
		});
		assert.deepEqual(event(included, 'jobs.Settled'), {
			job,
			worker: market.dave.address,
			requester: market.charlie.address,
			...market.sold,
			output: answer.output,
			payout: PAYOUT,
			royalty: ROYALTY,
			fee: FEE,
			rest: 0n,
			bounty: 0n,
		});
		const { accounts } = await ledger(chain, { charlie: market.charlie, dave: market.dave });
		assert.deepEqual(accounts.charlie.holds, {});
		assert.deepEqual(accounts.dave.holds, { 'Workers.Bond': BOND, 'Workers.ReputationDeposit': RECORD_DEPOSIT });
		const worker = await chain.view('workers.worker', market.dave.address);
		assert.deepEqual([worker.locked, worker.openJobs], [0n, 0n]);
	});

	it('leaves its royalty in the pot, until anybody has it paid to the owner', async () => {
		const { model, version } = market.sold;
		assert.equal(await chain.view('models.royaltyOwed', model, version), ROYALTY);
		const collect = market.tx.models.collectRoyalty(model, version);
		const collected = await books.moves('charlie', () => chain.send(market.charlie, collect), {
			bob: { free: ROYALTY },
			pot: { free: -ROYALTY },
		});
		assert.deepEqual(event(collected, 'models.RoyaltyCollected'), {
			...market.sold,
			owner: market.bob.address,
			amount: ROYALTY,
		});
		await books.refuses('charlie', collect, 'models.NothingOwed');
	});

	it('tells the answer in its event, from which anybody reads the logits', async () => {
		const bytes = Buffer.from(answer.output.slice(2), 'hex');
		const logits = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readInt32LE(4 * at));
		assert.deepEqual(logits, answer.logits);
		assert.equal(logits.indexOf(Math.max(...logits)), answer.class);
	});

	it('raises the worker’s score by what the burnt fee weighs', async () => {
		assert.deepEqual(await chain.view('workers.reputation', market.dave.address), {
			settled: 1n,
			failed: 0n,
			declined: 0n,
			excused: 0n,
			earned: PAYOUT,
			// 0.1 beside 1 for not being known.
			score: 90_909n,
		});
		assert.equal((await chain.view('workers.reputation', market.eve.address)).score, 0n);
	});

	it('leaves nothing behind', async () => {
		assert.equal(await chain.view('jobs.job', job), null);
		assert.equal(await chain.view('jobs.jobStatus', job), 'Ended');
		assert.equal(await chain.view('jobs.jobStatus', job + 1n), 'NeverOpened');
		assert.equal(await chain.view('jobs.nextAction', job), 'Nothing');
		assert.equal((await chain.api.query.jobs.jobs.keys()).length, 0);
	});

	it('without its input on chain saves a deposit for every byte, and pays for the name', async () => {
		const demands = { who: { Named: [market.dave.address] } };
		const id = await market.open(await market.commitment(LINE), { input: null, demands });
		const entry = await chain.view('jobs.job', id);
		assert.equal(entry.input, null);
		const { accounts } = await ledger(chain, { charlie: market.charlie });
		assert.equal(accounts.charlie.holds['Jobs.JobDeposit'], deposit - 64n * BYTE + 32n * BYTE);
		await chain.send(market.charlie, market.tx.jobs.cancel(id));
	});
});

describe('a job that is withdrawn', () => {
	it('costs its requester nothing but fees', async () => {
		const job = await market.open(await market.commitment(1));
		const { accounts } = await ledger(chain, { charlie: market.charlie });
		const { held } = accounts.charlie;
		const included = await books.moves('charlie', () => chain.send(market.charlie, market.tx.jobs.cancel(job)), {
			charlie: { free: held, held: -held },
		});
		assert.deepEqual(event(included, 'jobs.Cancelled'), { job });
		const refunded = { job, requester: market.charlie.address, amount: PRICE, bounty: 0n };
		assert.deepEqual(event(included, 'jobs.Refunded'), refunded);
	});

	it('by nobody claiming it can be ended by anyone once no claim fits', async () => {
		const job = await market.open(await market.commitment(1));
		const entry = await chain.view('jobs.job', job);
		const claimBy = entry.deadline - entry.provingPeriod;
		await books.refuses('eve', market.tx.jobs.expire(job), 'jobs.NotExpirable');
		await chain.until(Number(claimBy) - 1);
		// The views speak of the newest block, in which a claim still fits.
		assert.deepEqual(await chain.view('jobs.jobStatus', job), { Open: { claimBy } });
		await chain.until(Number(claimBy) + 1);
		assert.equal(await chain.view('jobs.jobStatus', job), 'Lapsed');
		assert.equal(await chain.view('jobs.nextAction', job), 'Expire');
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.TooLateToClaim');
		const { accounts } = await ledger(chain, { charlie: market.charlie });
		const { held } = accounts.charlie;
		const included = await books.moves('eve', () => chain.send(market.eve, market.tx.jobs.expire(job)), {
			charlie: { free: held, held: -held },
		});
		const refunded = { job, requester: market.charlie.address, amount: PRICE, bounty: 0n };
		assert.deepEqual(event(included, 'jobs.Refunded'), refunded);
	});
});
