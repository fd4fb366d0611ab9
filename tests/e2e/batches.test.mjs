// SPDX-License-Identifier: Apache-2.0

// Many answers in one transaction: paid to the workers to whom they are bound, whoever sends them, and
// refused as a whole, with the answer that is wrong named where that is known.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { MILLI } from '../lib/balances.mjs';
import { BOND, Books, event, Market, PROVING_PERIOD } from '../lib/market.mjs';
import { outsideSubgroup, Proof } from '../lib/points.mjs';

const LINE = 5;
const PAYOUT = 1_700n * MILLI;
const ROYALTY = 200n * MILLI;
const FEE = 100n * MILLI;
/** Time for many attempts. */
const LONG = { provingPeriod: 1_000, lifetime: 1_100 };

let market, chain, books;

before(async () => {
	market = await Market.start();
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve', 'ferdie']);
});
after(() => market.stop());

/** A worker's answer to a new job of its own. */
const answered = async (worker, terms = LONG) => {
	const job = await market.claimed(worker, LINE, terms);
	const { output, proof } = await market.answer(worker, job, LINE);
	return { job, output, proof };
};

/** Both the view function and the call give this reason and these details, and nothing moves. */
const refuses = async (answers, reason, details = {}) => {
	const objection = await chain.whyNot('jobs.wouldSettle', answers);
	assert.deepEqual([objection?.id, objection?.details], [reason, details]);
	const refusal = await books.refuses('ferdie', market.submitBatch(answers), reason);
	assert.deepEqual(refusal.details, details);
};

/** The answer at this place cannot be right, for this reason. */
const names = (answers, item, reason) => refuses(answers, 'jobs.BadItem', { item: BigInt(item), reason });

/** What a batch returns of deposits, by the events of its transaction. */
const returned = ({ events }) =>
	events.filter(({ id }) => id === 'balances.Released').reduce((sum, { amount }) => sum + amount, 0n);

describe('a batch of answers', () => {
	it('of two workers, sent by a stranger, pays the workers to the last unit', async () => {
		const answers = [await answered(market.dave), await answered(market.eve), await answered(market.dave)];
		assert.equal(await chain.objection('jobs.wouldSettle', answers), null);
		const included = await books.moves(
			'ferdie',
			() => chain.send(market.ferdie, market.submitBatch(answers)),
			(included) => {
				const deposits = returned(included);
				return {
					dave: { free: 2n * PAYOUT },
					eve: { free: PAYOUT },
					bob: { free: 3n * ROYALTY },
					charlie: { free: deposits, held: -3n * (PAYOUT + ROYALTY + FEE) - deposits },
					issuance: -3n * FEE,
				};
			},
		);
		const settled = included.events.filter(({ id }) => id === 'jobs.Settled');
		assert.deepEqual(
			settled.map(({ job, worker, output, payout }) => ({ job, worker, output, payout })),
			answers.map(({ job, output }, at) => ({
				job,
				worker: [market.dave, market.eve, market.dave][at].address,
				output,
				payout: PAYOUT,
			})),
		);
		const paid = included.events.filter(({ id, who }) => id === 'balances.Deposit' && who === market.dave.address);
		assert.deepEqual(
			paid.map(({ amount }) => amount),
			[2n * PAYOUT],
			'one payment for two jobs',
		);
		assert.equal((await chain.view('workers.reputation', market.dave.address)).settled, 2n);
		assert.equal((await chain.view('workers.worker', market.dave.address)).locked, 0n);
		await names(answers, 0, 'UnknownJob');
	});

	it('of one is an answer like any other, though somebody else sends it', async () => {
		const answer = await answered(market.eve);
		const included = await chain.send(market.ferdie, market.submitBatch([answer]));
		assert.equal(event(included, 'jobs.Settled').worker, market.eve.address);
	});
});

describe('a batch is refused whole', () => {
	let right;

	before(async () => {
		right = [await answered(market.dave), await answered(market.eve), await answered(market.dave)];
	});
	// What was refused before was refused for its reason alone.
	after(async () => {
		const included = await chain.send(market.ferdie, market.submitBatch(right));
		assert.equal(included.events.filter(({ id }) => id === 'jobs.Settled').length, right.length);
		assert.equal((await chain.view('workers.worker', market.dave.address)).bond, BOND);
	});

	/** The right answers, but for the changes at some places. */
	const changed = (changes) => right.map((answer, at) => ({ ...answer, ...changes[at] }));

	it('when it is empty', async () => {
		await refuses([], 'jobs.EmptyBatch');
	});

	it('when proofs changed places, or one is another form of another’s', async () => {
		await refuses(changed([{ proof: right[1].proof }, { proof: right[0].proof }]), 'jobs.InvalidBatch');
		await refuses(changed([{ proof: right[2].proof }, {}, { proof: right[0].proof }]), 'jobs.InvalidBatch');
		await refuses(changed([{ proof: new Proof(right[1].proof).rerandomised }]), 'jobs.InvalidBatch');
	});

	it('when a single answer is wrong and alone, by its name', async () => {
		await names([{ ...right[0], proof: right[1].proof }], 0, 'InvalidProof');
	});

	it('when it answers a job twice', async () => {
		await names([...right, right[1]], 3, 'RepeatedJob');
		await names([...right, { ...right[1], proof: new Proof(right[1].proof).rerandomised }], 3, 'RepeatedJob');
	});

	it('when a proof is malformed or an output has another length, by the first such', async () => {
		const malformed = { proof: right[0].proof.slice(0, -2) };
		const shorter = { output: right[0].output.slice(0, -2) };
		for (const at of [0, 1, 2]) {
			await names(changed({ [at]: malformed }), at, 'MalformedProof');
			await names(changed({ [at]: shorter }), at, 'WrongOutputLength');
		}
		await names(changed([{}, malformed, shorter]), 1, 'MalformedProof');
		await names(changed([{}, shorter, malformed]), 1, 'WrongOutputLength');
	});

	it('when a point lies outside its subgroup, by its place', async () => {
		const proof = new Proof(right[2].proof).with({ b: outsideSubgroup() });
		await names(changed([{}, {}, { proof }]), 2, 'MalformedProof');
	});

	it('when a job does not exist, or nobody has claimed it, or its claim is overdue', async () => {
		await names([...right, { ...right[0], job: 1_000_000n }], 3, 'UnknownJob');
		const open = await market.open(await market.commitment(LINE), LONG);
		await names([...right, { ...right[0], job: open }], 3, 'NotClaimed');

		const late = await answered(market.eve, { provingPeriod: PROVING_PERIOD });
		const { until } = (await chain.view('jobs.jobStatus', late.job)).Claimed;
		await chain.until(Number(until) + 1);
		await names([late, ...right], 0, 'DeadlinePassed');
		await chain.send(market.ferdie, market.tx.jobs.expire(late.job));
	});

	it('when a circuit is frozen, until it is not', async () => {
		await chain.sudo(market.tx.circuits.freeze(market.circuit));
		await names(right, 0, 'FrozenCircuit');
		await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
	});
});
