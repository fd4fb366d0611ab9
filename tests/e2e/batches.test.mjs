// SPDX-License-Identifier: Apache-2.0

// Many answers in one transaction: paid to the workers to whom they are bound, whoever sends them. What
// storage refuses is skipped and the others are paid; a wrong proof refuses the whole batch, with the answer
// that is wrong named where that is known.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { model } from '../lib/artifacts.mjs';
import { MILLI } from '../lib/balances.mjs';
import {
	ALL_IN_COMMON,
	BOND,
	Books,
	event,
	Market,
	nothingInCommon,
	oneRunEach,
	PROVING_PERIOD,
} from '../lib/market.mjs';
import { outsideSubgroup, Proof } from '../lib/points.mjs';

const LINE = 5;
const PAYOUT = 1_700n * MILLI;
const ROYALTY = 200n * MILLI;
const FEE = 100n * MILLI;
/** What a byte of a transaction costs. */
const BYTE_FEE = 381_470n;
/** Bytes of a call without answers: what is declared of their jobs takes six. */
const EMPTY = 9;
/** Time for many attempts. */
const LONG = { provingPeriod: 1_000, lifetime: 1_100 };

let market, chain, books;

before(async () => {
	market = await Market.start({}, 'hashed');
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve', 'ferdie']);
});
after(() => market.stop());

/** A worker's answer to a new job of its own. */
const answered = async (worker, terms = LONG) => {
	const job = await market.claimed(worker, LINE, terms);
	const { output, proof } = await market.answer(worker, job, LINE);
	return { job, worker: worker.address, output, proof };
};

/** An answer to nothing, of the usual length. */
const nothing = {
	job: 0n,
	worker: `0x${'00'.repeat(32)}`,
	output: `0x${'00'.repeat(40)}`,
	proof: `0x${'00'.repeat(256)}`,
};

/** Bytes of an answer in a batch. */
const lengthOf = (answer) => BigInt(market.submitBatch([answer]).method.toU8a().length - EMPTY);

/** The view function and the call give this reason and these details, and nothing moves. */
const refuses = async (answers, reason, details = {}, distinct = nothingInCommon(answers)) => {
	const objection = await chain.whyNot('jobs.wouldSettle', oneRunEach(answers), distinct);
	assert.deepEqual([objection?.id, objection?.details], [reason, details]);
	const refusal = await books.refuses('ferdie', market.submitBatch(answers, distinct), reason);
	assert.deepEqual(refusal.details, details);
};

/** The answer at this place is wrong, for this reason. */
const names = (answers, item, reason) => refuses(answers, 'jobs.BadItem', { item: BigInt(item), reason });

/** What the view function says would be skipped: places and reasons. */
const wouldSkip = async (answers) => {
	const { Ok: skipped } = await chain.view('jobs.wouldSettle', oneRunEach(answers), nothingInCommon(answers));
	for (const { item, job } of skipped) assert.equal(job, BigInt(answers[Number(item)].job));
	return Object.fromEntries(skipped.map(({ item, reason }) => [item, reason]));
};

/**
 * The answers at these places are left out for these reasons, as the view function has said beforehand,
 * and exactly the others are paid.
 */
const skips = async (answers, reasons) => {
	assert.deepEqual(await wouldSkip(answers), reasons);
	const included = await chain.send(market.ferdie, market.submitBatch(answers));
	const told = (id) => included.events.filter((event) => event.id === id);
	assert.deepEqual(
		told('jobs.Skipped').map(({ item, job, reason }) => [Number(item), job, reason]),
		Object.entries(reasons).map(([item, reason]) => [Number(item), BigInt(answers[item].job), reason]),
	);
	assert.deepEqual(
		told('jobs.Settled').map(({ job }) => job),
		answers.filter((_, at) => !reasons[at]).map(({ job }) => job),
	);
	return included;
};

/** The same, where nothing is left to pay: nothing moves but the fee. */
const skipsAll = (answers, reason) =>
	books.moves('ferdie', () => skips(answers, Object.fromEntries(answers.map((_, at) => [at, reason]))), {});

/** What a batch returns of deposits, by the events of its transaction. */
const returned = ({ events }) =>
	events.filter(({ id }) => id === 'balances.Released').reduce((sum, { amount }) => sum + amount, 0n);

describe('a batch of answers', () => {
	it('under keys of both proof systems pays all of them', async () => {
		const answers = [await answered(market.dave)];
		for (const name of ['committed', 'digits']) {
			const other = new Market(chain, await model(name));
			other.circuit = await other.registerCircuit(market.bob, other.model);
			other.sold = await other.registerModel(market.bob, other.circuit);
			const job = await other.claimed(market.eve, LINE, LONG);
			const { output, proof } = await other.answer(market.eve, job, LINE);
			answers.push({ job, worker: market.eve.address, output, proof });
		}
		answers.push(await answered(market.dave));
		assert.deepEqual(
			answers.map(({ proof }) => proof.length / 2 - 1),
			[256, 256, 320, 256],
		);
		await skips(answers, {});
	});

	it('of two workers, sent by a stranger, pays the workers to the last unit', async () => {
		const answers = [await answered(market.dave), await answered(market.eve), await answered(market.dave)];
		const reputation = async () => chain.view('workers.reputation', market.dave.address);
		const { settled: before } = await reputation();
		assert.deepEqual(await wouldSkip(answers), {});
		const included = await books.moves(
			'ferdie',
			() => chain.send(market.ferdie, market.submitBatch(answers)),
			(included) => {
				const deposits = returned(included);
				return {
					dave: { free: 2n * PAYOUT },
					eve: { free: PAYOUT },
					pot: { free: 3n * ROYALTY },
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
		assert.equal((await reputation()).settled, before + 2n);
		assert.equal((await chain.view('workers.worker', market.dave.address)).locked, 0n);
		await skipsAll(answers, 'UnknownJob');
	});

	it('of one is an answer like any other, though somebody else sends it', async () => {
		const answer = await answered(market.eve);
		const included = await chain.send(market.ferdie, market.submitBatch([answer]));
		assert.equal(event(included, 'jobs.Settled').worker, market.eve.address);
	});
});

describe('an answer in a batch is skipped, and the others are paid', () => {
	it('when its job was settled on the way, at the fee of the others', async () => {
		const others = [await answered(market.dave), await answered(market.eve)];
		const { fee: usual } = await chain.send(market.ferdie, market.submitBatch(others));

		const [first, taken, last] = [await answered(market.dave), await answered(market.dave), await answered(market.eve)];
		// A stranger pays for one of them first, to spoil the batch.
		await chain.send(market.eve, market.submitBatch([taken]));
		const included = await books.moves(
			'ferdie',
			() => skips([first, taken, last], { 1: 'UnknownJob' }),
			(included) => {
				const deposits = returned(included);
				return {
					dave: { free: PAYOUT },
					eve: { free: PAYOUT },
					pot: { free: 2n * ROYALTY },
					charlie: { free: deposits, held: -2n * (PAYOUT + ROYALTY + FEE) - deposits },
					issuance: -2n * FEE,
				};
			},
		);
		const more = included.fee - usual - BYTE_FEE * lengthOf(taken);
		assert(more >= 0n && more < usual / 10n, `${more} more than ${usual} and the bytes`);
	});

	it('when it answers a job of the batch again', async () => {
		const [one, other] = [await answered(market.dave), await answered(market.eve)];
		const again = { ...other, proof: new Proof(other.proof).rerandomised };
		await skips([one, other, again, other], { 2: 'RepeatedJob', 3: 'RepeatedJob' });
	});

	it('when nobody has claimed its job, or another worker has', async () => {
		const open = { ...(await answered(market.dave)), job: await market.open(await market.commitment(LINE), LONG) };
		const foreign = { ...(await answered(market.eve)), worker: market.dave.address };
		await skips([open, foreign, await answered(market.dave)], { 0: 'NotClaimed', 1: 'NotClaimant' });
		// It was the name that was wrong.
		await skips([{ ...foreign, worker: market.eve.address }], {});
	});

	it('when its claim is overdue', async () => {
		const right = await answered(market.dave);
		const late = await answered(market.eve, { provingPeriod: PROVING_PERIOD });
		await market.overdue(late.job);
		await skips([late, right], { 0: 'DeadlinePassed' });
		await chain.send(market.ferdie, market.tx.jobs.expire(late.job));
	});

	it('when its circuit is frozen, until it is not', async () => {
		const answers = [await answered(market.dave), await answered(market.eve)];
		await chain.sudo(market.tx.circuits.freeze(market.circuit));
		await skipsAll(answers, 'FrozenCircuit');
		await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
		await skips(answers, {});
	});

	it('and whoever sends nothing else pays for it', async () => {
		const unknown = Array.from({ length: 64 }, (_, at) => ({ ...nothing, job: 1_000_000n + BigInt(at) }));
		const included = await skipsAll(unknown, 'UnknownJob');
		assert(included.fee > BYTE_FEE * 64n * lengthOf(nothing), `${included.fee}`);
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

	it('when its jobs have less in common than its sender says', async () => {
		const all = await chain.view('jobs.distinct', oneRunEach(right));
		assert.deepEqual(all, { circuits: 1n, requesters: 1n, versions: 1n });
		for (const [of, name] of Object.entries({ Circuit: 'circuits', Requester: 'requesters', Version: 'versions' })) {
			await refuses(right, 'jobs.MoreThanDeclared', { item: 0n, of }, { ...ALL_IN_COMMON, [name]: 0 });
		}
		assert.equal(await chain.whyNot('jobs.wouldSettle', oneRunEach(right), ALL_IN_COMMON), null);
	});

	it('when proofs changed places, or one is another form of another’s', async () => {
		await refuses(changed([{ proof: right[1].proof }, { proof: right[0].proof }]), 'jobs.InvalidBatch');
		await refuses(changed([{ proof: right[2].proof }, {}, { proof: right[0].proof }]), 'jobs.InvalidBatch');
		await refuses(changed([{ proof: new Proof(right[1].proof).rerandomised }]), 'jobs.InvalidBatch');
	});

	it('when a single answer is wrong and alone, by its name', async () => {
		await names([{ ...right[0], proof: right[1].proof }], 0, 'InvalidProof');
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

	it('also when the answers beside the wrong one would be skipped', async () => {
		const { proof } = right[1];
		await names([{ ...nothing, job: 1_000_000n }, { ...right[0], proof }, { ...right[0] }], 1, 'InvalidProof');
	});

	it('at the fee of what was looked at, not of what could have been', async () => {
		const malformed = { ...right[0], proof: '0x' };
		const one = await chain.refused(market.ferdie, market.submitBatch([malformed]));
		const many = Array.from({ length: 64 }, () => malformed);
		const all = await chain.refused(market.ferdie, market.submitBatch(many));
		assert.deepEqual([one.id, all.id], ['jobs.BadItem', 'jobs.BadItem']);
		const more = all.included.fee - one.included.fee - BYTE_FEE * 63n * lengthOf(malformed);
		assert(more < one.included.fee / 10n, `${more} more than ${one.included.fee} and the bytes`);
	});
});
