// SPDX-License-Identifier: Apache-2.0

// Who may do what and when: opening, claiming, withdrawing, leaving, freezing.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ledger, MILLI, UNIT } from '../lib/balances.mjs';
import { BOND, Books, event, Market, PRICE, PROVING_PERIOD } from '../lib/market.mjs';
import { R, scalar } from '../lib/points.mjs';

const LINE = 5;

let market, chain, books, commitment;

before(async () => {
	market = await Market.start();
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve', 'ferdie']);
	commitment = await market.commitment(LINE);
});
after(() => market.stop());

describe('a job is not opened', () => {
	const refuses = async (reason, terms, input = commitment) => {
		await books.refuses('charlie', await market.openCall(input, terms), reason);
	};
	const accepts = async (terms, input = commitment) => {
		const job = await market.open(input, terms);
		await chain.send(market.charlie, market.tx.jobs.cancel(job));
	};

	it('on a model or version that does not exist', async () => {
		await refuses('jobs.UnknownModel', { model: 77 });
		await refuses('jobs.UnknownModel', { version: 2 });
		await accepts();
	});

	it('for less than the least price', async () => {
		const least = chain.api.consts.jobs.minPrice.toBigInt();
		assert.equal(least, 10n * MILLI);
		await refuses('jobs.PriceTooLow', { price: least - 1n });
		await refuses('jobs.PriceTooLow', { price: 0n });
		await accepts({ price: least });
		assert.equal(await chain.objection('jobs.quote', 0, 1, least - 1n), 'jobs.PriceTooLow');
		assert.equal(await chain.objection('jobs.quote', 0, 1, least), null);
	});

	it('for more than the requester has', async () => {
		const call = await market.openCall(commitment, { price: 10n ** 9n * UNIT });
		const refusal = await chain.refused(market.charlie, call);
		assert.equal(refusal.id, 'token.FundsUnavailable', refusal.message);
	});

	it('with a commitment that is not a scalar', async () => {
		for (const value of [R, 2n ** 256n - 1n]) {
			await refuses('jobs.NonCanonicalCommitment', {}, scalar(value));
		}
		await accepts({}, scalar(R - 1n));
	});

	it('with an input of another length than the model’s', async () => {
		for (const length of [0, 63, 65, 4096]) {
			// Spelled out, since `0x` alone would stand for no input.
			const bytes = chain.api.createType('Bytes', `0x${'00'.repeat(length)}`);
			await refuses('jobs.WrongInputLength', { input: chain.api.createType('Option<Bytes>', bytes) });
		}
		await accepts({ input: `0x${'00'.repeat(64)}` });
	});

	it('with times that cannot be kept', async () => {
		const { minProvingPeriod, maxProvingPeriod, maxLifetime } = chain.api.consts.jobs;
		const [least, most, life] = [minProvingPeriod, maxProvingPeriod, maxLifetime].map((value) => value.toNumber());
		await refuses('jobs.ProvingPeriodTooShort', { provingPeriod: least - 1 });
		await accepts({ provingPeriod: least });
		await refuses('jobs.ProvingPeriodTooLong', { provingPeriod: most + 1, lifetime: life });
		await accepts({ provingPeriod: most, lifetime: life });
		await refuses('jobs.DeadlineTooSoon', { lifetime: PROVING_PERIOD - 1 });
		await accepts({ lifetime: PROVING_PERIOD });
		await refuses('jobs.DeadlineTooFar', { lifetime: life + 1 });
		await accepts({ lifetime: life });
	});
});

describe('a job is not claimed', () => {
	it('by an account that is no worker', async () => {
		const job = await market.open(commitment);
		assert.equal(await chain.objection('jobs.canClaim', job, market.ferdie.address), 'jobs.NotRegistered');
		await books.refuses('ferdie', market.tx.jobs.claim(job), 'jobs.NotRegistered');
		await market.claim(market.dave, job);
	});

	it('twice', async () => {
		const job = await market.claimed(market.dave, LINE);
		await books.refuses('eve', market.tx.jobs.claim(job), 'jobs.AlreadyClaimed');
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.AlreadyClaimed');
	});

	it('with a bond that is too small, until it is topped up', async () => {
		// Half the price is more than Eve has bonded.
		const price = 2n * BOND + 2n * UNIT;
		const job = await market.open(commitment, { price });
		await books.refuses('eve', market.tx.jobs.claim(job), 'jobs.InsufficientBond');
		const more = UNIT;
		await books.moves('eve', () => chain.send(market.eve, market.tx.workers.bondMore(more)), {
			eve: { free: -more, held: more },
		});
		await market.claim(market.eve, job);
		const { bond, locked } = await chain.view('workers.worker', market.eve.address);
		assert.deepEqual([bond, locked], [BOND + more, BOND + more]);
	});

	it('by a worker with less reputation than the requester demands', async () => {
		const job = await market.open(commitment, { minReputation: 1 });
		assert.equal(await chain.objection('jobs.canClaim', job, market.dave.address), 'jobs.ReputationTooLow');
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.ReputationTooLow');
		const open = await market.claimed(market.dave, LINE);
		await chain.send(market.dave, market.submit(open, await market.answer(market.dave, open, LINE)));
		await market.claim(market.dave, job);
	});
});

describe('a job is not cancelled', () => {
	it('by a stranger, or after a claim', async () => {
		const job = await market.open(commitment);
		const cancel = market.tx.jobs.cancel(job);
		await books.refuses('ferdie', cancel, 'jobs.NotRequester');
		await market.claim(market.dave, job);
		await books.refuses('charlie', cancel, 'jobs.AlreadyClaimed');
		await books.refuses('ferdie', cancel, 'jobs.NotRequester');
	});
});

describe('a worker', () => {
	const register = (bond) => market.tx.workers.register(bond, '0x');

	it('needs the least bond, and registers once', async () => {
		const least = chain.api.consts.workers.minBond.toBigInt();
		assert.equal(least, 10n * UNIT);
		await books.refuses('ferdie', register(least - 1n), 'workers.BondTooSmall');
		await books.moves('ferdie', () => chain.send(market.ferdie, register(least)), {
			ferdie: { free: -least, held: least },
		});
		await books.refuses('ferdie', register(least), 'workers.AlreadyRegistered');
		await books.refuses('ferdie', market.tx.workers.unbond(1n), 'workers.BondTooSmall');
	});

	it('does not leave while a job waits for it', async () => {
		const job = await market.claimed(market.ferdie, LINE);
		await books.refuses('ferdie', market.tx.workers.deregister(), 'workers.OpenJobs');
		await books.refuses('ferdie', market.tx.workers.unbond(1n), 'workers.OpenJobs');
		await chain.send(market.ferdie, market.submit(job, await market.answer(market.ferdie, job, LINE)));
		const { bond } = await chain.view('workers.worker', market.ferdie.address);
		const included = await books.moves('ferdie', () => chain.send(market.ferdie, market.tx.workers.deregister()), {
			ferdie: { free: bond, held: -bond },
		});
		assert.deepEqual(event(included, 'workers.Deregistered'), { worker: market.ferdie.address, bond });
		assert.equal(await chain.view('workers.worker', market.ferdie.address), null);
		await books.refuses('ferdie', market.tx.workers.deregister(), 'workers.NotRegistered');
	});

	it('that returns finds its reputation again', async () => {
		const before = await chain.view('workers.reputation', market.ferdie.address);
		assert.equal(before.settled, 1n);
		await chain.send(market.ferdie, register(10n * UNIT));
		assert.deepEqual(await chain.view('workers.reputation', market.ferdie.address), before);
	});

	it('gains nothing by answering itself', async () => {
		const before = await chain.view('workers.reputation', market.dave.address);
		const call = await market.openCall(commitment);
		const { job } = event(await chain.send(market.dave, call), 'jobs.Opened');
		await market.claim(market.dave, job);
		const settled = await chain.send(market.dave, market.submit(job, await market.answer(market.dave, job, LINE)));
		assert.equal(event(settled, 'jobs.Settled').payout, 1_700n * MILLI);
		assert.deepEqual(await chain.view('workers.reputation', market.dave.address), before);
	});
});

describe('a deprecated version', () => {
	it('takes no new jobs, and its open jobs run to their end', async () => {
		const { model } = market.sold;
		// A version of its own, so that the other tests go on with the first.
		const published = await chain.send(
			market.bob,
			market.tx.models.publishVersion(model, market.circuit, scalar(1n), 0, { hash: scalar(0n), uri: '' }),
		);
		const { version } = event(published, 'models.VersionPublished');
		assert.equal(version, 2n);
		const job = await market.open(commitment, { version });
		await chain.send(market.bob, market.tx.models.deprecate(model, version));
		await books.refuses('charlie', await market.openCall(commitment, { version }), 'jobs.DeprecatedVersion');
		await books.refuses('bob', market.tx.models.removeVersion(model, version), 'models.OpenJobs');
		await market.claim(market.dave, job);
		// The commitment is none of this model: no proof can answer, and time decides.
		const answer = await market.answer(market.dave, job, LINE);
		await books.refuses('dave', market.submit(job, answer), 'jobs.InvalidProof');
		assert.equal(await chain.objection('jobs.quote', model, version, PRICE), 'jobs.DeprecatedVersion');
	});
});

describe('a frozen circuit', () => {
	it('is frozen by root alone', async () => {
		for (const call of [market.tx.circuits.freeze(market.circuit), market.tx.circuits.unfreeze(market.circuit)]) {
			const refusal = await chain.refused(market.bob, call);
			assert.equal(refusal.id, 'dispatch.BadOrigin', refusal.message);
		}
	});

	it('stops jobs, claims and answers, and excuses the worker', async () => {
		const open = await market.open(commitment);
		const claimed = await market.claimed(market.dave, LINE);
		const answer = await market.answer(market.dave, claimed, LINE);
		const before = await chain.view('workers.reputation', market.dave.address);
		const deposit = await depositOf(claimed);
		const frozen = await chain.sudo(market.tx.circuits.freeze(market.circuit));
		assert.deepEqual(event(frozen, 'circuits.Frozen'), { circuit: market.circuit });

		await books.refuses('charlie', await market.openCall(commitment), 'jobs.FrozenCircuit');
		await books.refuses('eve', market.tx.jobs.claim(open), 'jobs.FrozenCircuit');
		await books.refuses('dave', market.submit(claimed, answer), 'jobs.FrozenCircuit');
		assert.equal(await chain.view('jobs.nextAction', open), 'Cancel');

		const { bond, locked } = await chain.view('workers.worker', market.dave.address);
		const excused = await books.moves('eve', () => chain.send(market.eve, market.tx.jobs.expire(claimed)), {
			charlie: { free: PRICE + deposit, held: -PRICE - deposit },
		});
		assert.deepEqual(event(excused, 'jobs.Excused'), { job: claimed, worker: market.dave.address });
		const worker = await chain.view('workers.worker', market.dave.address);
		assert.deepEqual([worker.bond, worker.locked], [bond, locked - UNIT]);
		const reputation = await chain.view('workers.reputation', market.dave.address);
		assert.deepEqual(reputation, { ...before, excused: before.excused + 1n });

		await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
		await market.claim(market.dave, open);
		await chain.send(market.dave, market.submit(open, await market.answer(market.dave, open, LINE)));
	});

	/** What a job's requester has on hold for its storage; the same for all jobs without an input. */
	const depositOf = async (job) => {
		const { input } = await chain.view('jobs.job', job);
		assert.equal(input, null);
		const opened = await ledger(chain, { charlie: market.charlie });
		const other = await market.open(commitment);
		const now = await ledger(chain, { charlie: market.charlie });
		await chain.send(market.charlie, market.tx.jobs.cancel(other));
		return now.accounts.charlie.held - opened.accounts.charlie.held - PRICE;
	};
});

describe('a model that changes hands', () => {
	it('pays its royalty to the new owner, also for jobs that are open', async () => {
		const job = await market.claimed(market.dave, LINE);
		const { model } = market.sold;
		const transfer = market.tx.models.transferOwnership(model, market.ferdie.address);
		await books.refuses('eve', transfer, 'models.NotOwner');
		await chain.send(market.bob, transfer);
		const answer = await market.answer(market.dave, job, LINE);
		const settled = await books.moves(
			'dave',
			() => chain.send(market.dave, market.submit(job, answer)),
			({ events }) => {
				const released = events.find(({ id, who }) => id === 'balances.Released' && who === market.charlie.address);
				return {
					dave: { free: 1_700n * MILLI },
					ferdie: { free: 200n * MILLI },
					charlie: { free: released.amount, held: -PRICE - released.amount },
					issuance: -100n * MILLI,
				};
			},
		);
		assert.equal(event(settled, 'jobs.Settled').royalty, 200n * MILLI);
	});
});
