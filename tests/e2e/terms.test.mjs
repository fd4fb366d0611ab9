// SPDX-License-Identifier: Apache-2.0

// Who may do what and when: opening, claiming, handing back, withdrawing, leaving, freezing.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { changes, ledger, MILLI, UNIT } from '../lib/balances.mjs';
import {
	BOND,
	GROTH16,
	Books,
	event,
	LIFETIME,
	Market,
	MAX_BOUNTY,
	METADATA,
	modelCommitment,
	PRICE,
	PROVING_PERIOD,
	provenance,
	RECORD_DEPOSIT,
	schema,
} from '../lib/market.mjs';
import { hex, R, scalar } from '../lib/points.mjs';

const LINE = 5;
/** Blocks of a session. */
const SESSION = 100;

let market, chain, books, commitment;

before(async () => {
	market = await Market.start({}, 'hashed');
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve', 'ferdie']);
	commitment = await market.commitment(LINE);
});
after(() => market.stop());

describe('a job is not opened', () => {
	const refuses = async (reason, terms, input = commitment) =>
		books.refuses('charlie', await market.openCall(input, terms), reason);
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

	it('without its input for anyone: who is to get it has to be named', async () => {
		await refuses('jobs.PrivateForAnyone', { input: null });
		await accepts({ input: null, demands: { who: { Named: [market.dave.address] } } });
	});

	it('with times that cannot be kept', async () => {
		const { minProvingPeriod, maxProvingPeriod, maxLifetime } = chain.api.consts.jobs;
		const [least, most, life] = [minProvingPeriod, maxProvingPeriod, maxLifetime].map((value) => value.toNumber());
		await refuses('jobs.ProvingPeriodTooShort', { provingPeriod: least - 1 });
		await accepts({ provingPeriod: least });
		await refuses('jobs.ProvingPeriodTooLong', { provingPeriod: most + 1, lifetime: life });
		await accepts({ provingPeriod: most, lifetime: life });
		// A claim can be in the next block at the earliest; the refusal says what is missing for that.
		for (const blocks of [1, 2, PROVING_PERIOD]) {
			const { details } = await refuses('jobs.DeadlineTooSoon', { lifetime: PROVING_PERIOD + 1 - blocks });
			assert.deepEqual(details, { blocks: BigInt(blocks) });
		}
		await accepts({ lifetime: PROVING_PERIOD + 1 });
		await refuses('jobs.DeadlineTooFar', { lifetime: life + 1 });
		await accepts({ lifetime: life });
	});

	it('with the shortest time is claimed in the next block, and answered in its last', async () => {
		const job = await market.open(commitment, { lifetime: PROVING_PERIOD + 1 });
		await market.claim(market.dave, job);
		const { deadline } = await chain.view('jobs.job', job);
		const answer = await market.answer(market.dave, job, LINE);
		const until = await market.lastBlock(job);
		assert.equal(until, deadline);
		event(await chain.send(market.dave, market.submit(job, answer)), 'jobs.Settled');
	});
});

describe('many jobs on the same terms', () => {
	const posted = (commitment) => ({ commitment, posted: market.zeros });
	const jobsOf = ({ events }) => events.filter(({ id }) => id === 'jobs.Opened').map(({ job }) => job);

	it('are opened by one call, and each has its own end', async () => {
		const other = await market.commitment(LINE + 1);
		const next = (await chain.api.query.jobs.nextJobId()).toBigInt();
		const before = await ledger(chain, { charlie: market.charlie });
		const call = await market.openBatchCall([posted(commitment), posted(other)]);
		const opened = await chain.send(market.charlie, call);
		const jobs = jobsOf(opened);
		assert.deepEqual(jobs, [next, next + 1n]);
		const views = await Promise.all(jobs.map((job) => chain.view('jobs.job', job)));
		assert.deepEqual(
			views.map(({ inputCommitment }) => inputCommitment),
			[commitment, other],
		);

		await market.claim(market.dave, jobs[0]);
		const answer = await market.answer(market.dave, jobs[0], LINE);
		event(await chain.send(market.dave, market.submit(jobs[0], answer)), 'jobs.Settled');
		const cancelled = await chain.send(market.charlie, market.tx.jobs.cancel(jobs[1]));
		assert.equal(event(cancelled, 'jobs.Refunded').amount, PRICE);
		const { accounts } = changes(before, await ledger(chain, { charlie: market.charlie }));
		assert.deepEqual(accounts.charlie, {
			free: -PRICE - opened.fee - cancelled.fee,
			held: 0n,
			total: -PRICE - opened.fee - cancelled.fee,
		});
	});

	it('are all refused for one input that is wrong, which is named', async () => {
		const wrong = [
			[posted(scalar(R)), 'NonCanonicalCommitment'],
			[{ commitment, posted: null }, 'PrivateForAnyone'],
			[{ commitment, posted: `0x${'00'.repeat(63)}` }, 'WrongLength'],
		];
		for (const [input, reason] of wrong) {
			const call = await market.openBatchCall([posted(commitment), input]);
			const { details } = await books.refuses('charlie', call, 'jobs.BadInput');
			assert.deepEqual(details, { item: 1n, reason });
		}
		await books.refuses('charlie', await market.openBatchCall([]), 'jobs.EmptyBatch');
	});
});

describe('a setup that is demanded to be attested', () => {
	const ATTESTED = { demands: { setup: 'Attested' } };
	let ceremony, sold;

	before(async () => {
		const { model, tx } = market;
		const call = tx.circuits.register(GROTH16, hex(model.key), schema(model), provenance('Ceremony'));
		({ circuit: ceremony } = event(await chain.send(market.bob, call), 'circuits.Registered'));
		sold = await market.registerModel(market.bob, ceremony);
	});

	it('is demanded in vain of a development setup, or of a ceremony for which nobody vouches', async () => {
		for (const terms of [{}, sold]) {
			await books.refuses('charlie', await market.openCall(commitment, { ...terms, ...ATTESTED }), 'jobs.NotAttested');
		}
		// Without the demand, the word of whoever registered it is enough, and on this chain any setup is.
		for (const [terms, setup] of [
			[sold, 'Ceremony'],
			[{}, 'Ceremony'],
			[{}, 'Any'],
		]) {
			const job = await market.open(commitment, { ...terms, demands: { setup } });
			assert.equal((await chain.view('jobs.job', job)).demands.setup, setup);
			await chain.send(market.charlie, market.tx.jobs.cancel(job));
		}
	});

	it('has to be attested when the job is opened and when it is claimed', async () => {
		const { attest, withdrawAttestation } = market.tx.circuits;
		await chain.sudo(attest(ceremony));
		const job = await market.open(commitment, { ...sold, ...ATTESTED });
		assert.deepEqual((await chain.view('jobs.job', job)).demands, {
			who: 'Anyone',
			minReputation: 0n,
			setup: 'Attested',
		});
		await chain.sudo(withdrawAttestation(ceremony));
		assert.equal(await chain.objection('jobs.canClaim', job, market.dave.address), 'jobs.NotAttested');
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.NotAttested');

		await chain.sudo(attest(ceremony));
		await market.claim(market.dave, job);
		// Whoever has claimed it is paid, whatever becomes of the attestation.
		await chain.sudo(withdrawAttestation(ceremony));
		const answer = await market.answer(market.dave, job, LINE);
		event(await chain.send(market.dave, market.submit(job, answer)), 'jobs.Settled');
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
		await chain.send(market.eve, market.submit(job, await market.answer(market.eve, job, LINE)));
	});

	it('by a worker with less reputation than the requester demands', async () => {
		const score = async () => Number((await chain.view('workers.reputation', market.dave.address)).score);
		const job = await market.open(commitment, { demands: { minReputation: (await score()) + 1 } });
		assert.equal(await chain.objection('jobs.canClaim', job, market.dave.address), 'jobs.ReputationTooLow');
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.ReputationTooLow');
		const open = await market.claimed(market.dave, LINE);
		await chain.send(market.dave, market.submit(open, await market.answer(market.dave, open, LINE)));
		await market.claim(market.dave, job);
	});
});

describe('a job for named workers', () => {
	it('is claimed by one of them and by nobody else', async () => {
		const job = await market.open(commitment, { demands: { who: { Named: [market.eve.address] } } });
		assert.equal(await chain.objection('jobs.canClaim', job, market.dave.address), 'jobs.NotNamed');
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.NotNamed');
		const claimable = async (worker) => (await chain.view('jobs.claimable', worker.address, job)).jobs;
		assert.deepEqual(await claimable(market.dave), []);
		assert.deepEqual(await claimable(market.eve), [job]);
		await market.claim(market.eve, job);
		await chain.send(market.eve, market.submit(job, await market.answer(market.eve, job, LINE)));
	});

	it('names one at least', async () => {
		const call = await market.openCall(commitment, { demands: { who: { Named: [] } } });
		await books.refuses('charlie', call, 'jobs.NobodyNamed');
	});
});

describe('a price that rises', () => {
	const [from, to, blocks] = [UNIT, 3n * UNIT, 200];

	it('is fixed by the claim, and what it did not reach returns', async () => {
		const call = await market.openCall(commitment, { price: { Rising: { from, to, blocks } }, lifetime: 400 });
		const included = await chain.send(market.charlie, call);
		const { job, price } = event(included, 'jobs.Opened');
		assert.deepEqual(price, { Rising: { from, to, blocks: BigInt(blocks) } });
		const claim = await chain.send(market.dave, market.tx.jobs.claim(job));
		const waited = BigInt(claim.number - included.number);
		const agreed = from + ((to - from) * waited) / BigInt(blocks);
		assert.equal(event(claim, 'jobs.Claimed').price, agreed);
		const answer = await market.answer(market.dave, job, LINE);
		const settled = event(await chain.send(market.dave, market.submit(job, answer)), 'jobs.Settled');
		assert.equal(settled.payout + settled.royalty + settled.fee, agreed);
		assert.equal(settled.rest, to - agreed);
	});

	it('must rise while a claim fits', async () => {
		for (const [price, refusal] of [
			[{ from, to: from, blocks }, 'jobs.RampWithoutRise'],
			[{ from, to, blocks: LIFETIME }, 'jobs.RampTooLong'],
		]) {
			await books.refuses('charlie', await market.openCall(commitment, { price: { Rising: price } }), refusal);
		}
	});
});

describe('a claim that is handed back', () => {
	const JOB_BOND = UNIT;
	/** The least that it costs: a twentieth of the bond on the job. */
	const LEAST = JOB_BOND / 20n;
	const FEE = PRICE / 20n;

	/** Dave hands the job back: this much of his bond is burnt, the rest is free. */
	const declines = async (job, burnt, charlie = {}) => {
		const before = await chain.view('workers.worker', market.dave.address);
		const included = await books.moves('dave', () => chain.send(market.dave, market.tx.jobs.decline(job)), {
			dave: { held: -burnt },
			charlie,
			issuance: -burnt,
		});
		assert.deepEqual(event(included, 'jobs.Declined'), { job, worker: market.dave.address, burnt });
		const after = await chain.view('workers.worker', market.dave.address);
		assert.deepEqual(
			[after.bond, after.locked, after.openJobs],
			[before.bond - burnt, before.locked - JOB_BOND, before.openJobs - 1n],
		);
		return included;
	};

	it('costs a twentieth of its bond, and another worker can answer', async () => {
		const before = await chain.view('workers.reputation', market.dave.address);
		const { bad } = await chain.view('workers.whyScore', market.dave.address);
		const job = await market.open(commitment);
		assert.equal(await chain.view('jobs.declinePenalty', job), null);
		await market.claim(market.dave, job);
		assert.equal(await chain.view('jobs.declinePenalty', job), LEAST);
		assert.deepEqual(event(await declines(job, LEAST), 'jobs.Reopened'), { job });

		const after = await chain.view('workers.reputation', market.dave.address);
		assert.equal(after.declined, before.declined + 1n);
		assert.equal(after.failed, before.failed);
		const why = await chain.view('workers.whyScore', market.dave.address);
		assert.equal(why.bad, bad + FEE / 20n, 'a twentieth of the fee speaks against the worker');
		assert.equal(after.score, (why.good * 1_000_000n) / (why.good + why.bad + why.prior));

		await market.claim(market.eve, job);
		event(await chain.send(market.eve, market.submit(job, await market.answer(market.eve, job, LINE))), 'jobs.Settled');
	});

	it('costs more the longer it was held, and in the last block all of it', async () => {
		// Within one session, whose first block does not count.
		await chain.until(Math.ceil((await chain.height()) / SESSION) * SESSION + 1);
		const job = await market.claimed(market.dave, LINE, { provingPeriod: 10, lifetime: 40 });
		const claimed = await chain.height();
		for (const [blocks, part] of [
			[0, 1n],
			[2, 4n],
			[5, 10n],
			[9, 18n],
			[10, 20n],
		]) {
			await chain.until(claimed + blocks);
			assert.equal(await chain.view('jobs.declinePenalty', job), part * LEAST, `after ${blocks} blocks`);
		}
		// In the next block it would be overdue.
		await books.refuses('dave', market.tx.jobs.decline(job), 'jobs.DeadlinePassed');

		const other = await market.claimed(market.dave, LINE, { provingPeriod: 10, lifetime: 40 });
		await market.lastBlock(other);
		await declines(other, JOB_BOND);
	});

	it('ends a job into which no other claim fits, and the price returns', async () => {
		const job = await market.open(commitment, { lifetime: PROVING_PERIOD + 1 });
		await market.claim(market.dave, job);
		const { accounts } = await ledger(chain, { charlie: market.charlie });
		const others = await market.open(commitment);
		const now = await ledger(chain, { charlie: market.charlie });
		const held = now.accounts.charlie.held - accounts.charlie.held;
		await chain.send(market.charlie, market.tx.jobs.cancel(others));

		const burnt = (JOB_BOND * 3n) / BigInt(PROVING_PERIOD);
		const included = await declines(job, burnt, { free: held, held: -held });
		const refunded = { job, requester: market.charlie.address, amount: PRICE, bounty: 0n };
		assert.deepEqual(event(included, 'jobs.Refunded'), refunded);
		assert.equal(await chain.view('jobs.jobStatus', job), 'Ended');
	});

	it('is handed back by its worker alone, and once', async () => {
		const decline = (job) => market.tx.jobs.decline(job);
		const job = await market.open(commitment);
		await books.refuses('dave', decline(job), 'jobs.NotClaimed');
		await market.claim(market.dave, job);
		for (const stranger of ['eve', 'charlie', 'ferdie'])
			await books.refuses(stranger, decline(job), 'jobs.NotClaimant');
		await declines(job, 4n * LEAST);
		await books.refuses('dave', decline(job), 'jobs.NotClaimed');
		await books.refuses('dave', decline(1_000_000n), 'jobs.UnknownJob');
		await chain.send(market.charlie, market.tx.jobs.cancel(job));
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

	it('needs the least bond, pays for what is remembered of it, and registers once', async () => {
		const least = chain.api.consts.workers.minBond.toBigInt();
		assert.equal(least, 10n * UNIT);
		await books.refuses('ferdie', register(least - 1n), 'workers.BondTooSmall');
		await books.moves('ferdie', () => chain.send(market.ferdie, register(least)), {
			ferdie: { free: -least - RECORD_DEPOSIT, held: least + RECORD_DEPOSIT },
		});
		const { holds } = (await ledger(chain, { ferdie: market.ferdie })).accounts.ferdie;
		assert.deepEqual(holds, { 'Workers.Bond': least, 'Workers.ReputationDeposit': RECORD_DEPOSIT });
		await books.refuses('ferdie', register(least), 'workers.AlreadyRegistered');
		await books.refuses('ferdie', market.tx.workers.unbond(1n), 'workers.BondTooSmall');
	});

	it('gets all back if it leaves before there is anything to remember', async () => {
		const { held } = (await ledger(chain, { ferdie: market.ferdie })).accounts.ferdie;
		await books.moves('ferdie', () => chain.send(market.ferdie, market.tx.workers.deregister()), {
			ferdie: { free: held, held: -held },
		});
		await chain.send(market.ferdie, register(10n * UNIT));
	});

	it('takes back what no job locks, also while jobs are open', async () => {
		const { tx, eve } = market;
		const { bond: before, locked: others } = await chain.view('workers.worker', eve.address);
		// Half the price is locked: all but a coin and a half of what is free.
		const free = before - others;
		const job = await market.claimed(eve, LINE, { price: 2n * free - 3n * UNIT });
		const { bond, locked } = await chain.view('workers.worker', eve.address);
		assert.equal(bond - locked, 1_500n * MILLI);
		await books.refuses('eve', tx.workers.unbond(1_500n * MILLI + 1n), 'workers.BondLocked');
		await books.moves('eve', () => chain.send(eve, tx.workers.unbond(1_500n * MILLI)), {
			eve: { free: 1_500n * MILLI, held: -1_500n * MILLI },
		});
		await books.refuses('eve', tx.workers.unbond(1n), 'workers.BondLocked');
		await chain.send(eve, market.submit(job, await market.answer(eve, job, LINE)));
	});

	it('does not leave while a job waits for it', async () => {
		const job = await market.claimed(market.ferdie, LINE);
		await books.refuses('ferdie', market.tx.workers.deregister(), 'workers.OpenJobs');
		await chain.send(market.ferdie, market.submit(job, await market.answer(market.ferdie, job, LINE)));
		const { bond } = await chain.view('workers.worker', market.ferdie.address);
		// What is remembered stays, and so does the deposit for it.
		const included = await books.moves('ferdie', () => chain.send(market.ferdie, market.tx.workers.deregister()), {
			ferdie: { free: bond, held: -bond },
		});
		assert.deepEqual(event(included, 'workers.Deregistered'), { worker: market.ferdie.address, bond });
		assert.equal(await chain.view('workers.worker', market.ferdie.address), null);
		const { holds } = (await ledger(chain, { ferdie: market.ferdie })).accounts.ferdie;
		assert.deepEqual(holds, { 'Workers.ReputationDeposit': RECORD_DEPOSIT });
		await books.refuses('ferdie', market.tx.workers.deregister(), 'workers.NotRegistered');
	});

	it('that returns finds its reputation again, and does not pay for it twice', async () => {
		const before = await chain.view('workers.reputation', market.ferdie.address);
		assert.equal(before.settled, 1n);
		const bond = 10n * UNIT;
		await books.moves('ferdie', () => chain.send(market.ferdie, register(bond)), {
			ferdie: { free: -bond, held: bond },
		});
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
		const { circuit, model: known } = market;
		// A version of its own, so that the other tests go on with the first.
		const possession = await market.possession(market.bob, circuit);
		const published = await chain.send(
			market.bob,
			market.tx.models.publishVersion(model, circuit, modelCommitment(known.commitment), 0, METADATA, possession),
		);
		const { version } = event(published, 'models.VersionPublished');
		assert.equal(version, 2n);
		const job = await market.open(commitment, { version });
		await chain.send(market.bob, market.tx.models.deprecate(model, version));
		await books.refuses('charlie', await market.openCall(commitment, { version }), 'jobs.DeprecatedVersion');
		await books.refuses('bob', market.tx.models.removeVersion(model, version), 'models.OpenJobs');
		await market.claim(market.dave, job);
		const answer = await market.answer(market.dave, job, LINE);
		event(await chain.send(market.dave, market.submit(job, answer)), 'jobs.Settled');
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

	it('stops jobs, claims and answers, and lets claimant or requester go without loss', async () => {
		const open = await market.open(commitment);
		const [first, second] = [await market.claimed(market.dave, LINE), await market.claimed(market.dave, LINE)];
		const answer = await market.answer(market.dave, first, LINE);
		const before = await chain.view('workers.reputation', market.dave.address);
		const deposit = await depositOf(first);
		const frozen = await chain.sudo(market.tx.circuits.freeze(market.circuit));
		assert.deepEqual(event(frozen, 'circuits.Frozen'), { circuit: market.circuit });

		await books.refuses('charlie', await market.openCall(commitment), 'jobs.FrozenCircuit');
		await books.refuses('eve', market.tx.jobs.claim(open), 'jobs.FrozenCircuit');
		await books.refuses('dave', market.submit(first, answer), 'jobs.FrozenCircuit');
		for (const job of [open, first, second]) assert.equal(await chain.view('jobs.nextAction', job), 'Cancel');
		// There is a way without loss.
		await books.refuses('dave', market.tx.jobs.decline(first), 'jobs.FrozenCircuit');
		// Both may prefer to wait: no stranger ends the job for them.
		await books.refuses('eve', market.tx.jobs.expire(first), 'jobs.NotExpirable');

		for (const [name, job] of [
			['dave', first],
			['charlie', second],
		]) {
			const { bond, locked } = await chain.view('workers.worker', market.dave.address);
			const excused = await books.moves(name, () => chain.send(market[name], market.tx.jobs.expire(job)), {
				charlie: { free: PRICE + deposit, held: -PRICE - deposit },
			});
			assert.deepEqual(event(excused, 'jobs.Excused'), { job, worker: market.dave.address });
			const worker = await chain.view('workers.worker', market.dave.address);
			assert.deepEqual([worker.bond, worker.locked], [bond, locked - UNIT]);
		}
		const reputation = await chain.view('workers.reputation', market.dave.address);
		assert.deepEqual(reputation, { ...before, excused: before.excused + 2n });

		await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
		await market.claim(market.dave, open);
		await chain.send(market.dave, market.submit(open, await market.answer(market.dave, open, LINE)));
	});

	it('stops the clocks of its jobs, which go on with what was left to them', async () => {
		const job = await market.claimed(market.dave, LINE);
		const answer = await market.answer(market.dave, job, LINE);
		const until = async () => (await chain.view('jobs.jobStatus', job)).Claimed.until;
		// One block is left when the circuit is frozen, and when it is not any more.
		await chain.until(Number(await until()) - 2);
		const before = await until();
		const frozen = await chain.sudo(market.tx.circuits.freeze(market.circuit));
		await chain.blocks(LIFETIME);
		await books.refuses('ferdie', market.tx.jobs.expire(job), 'jobs.NotExpirable');
		const unfrozen = await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
		const paused = BigInt(unfrozen.number - frozen.number);
		assert(paused > BigInt(LIFETIME));
		assert.equal(await until(), before + paused);
		const settled = await chain.send(market.dave, market.submit(job, answer));
		assert(BigInt(settled.number) > before + BigInt(LIFETIME));
		event(settled, 'jobs.Settled');
	});

	it('excuses nobody whose time ran out before', async () => {
		const job = await market.claimed(market.dave, LINE, { provingPeriod: 5, lifetime: LIFETIME });
		const deposit = await depositOf(job);
		await market.overdue(job);
		await chain.sudo(market.tx.circuits.freeze(market.circuit));
		const expired = await books.moves('dave', () => chain.send(market.dave, market.tx.jobs.expire(job)), {
			dave: { held: -UNIT },
			charlie: { free: PRICE + deposit + MAX_BOUNTY, held: -PRICE - deposit },
			issuance: MAX_BOUNTY - UNIT,
		});
		assert.equal(event(expired, 'jobs.Forfeited').worker, market.dave.address);
		await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
	});

	/** What a job's requester has on hold for its storage; the same for all jobs with inputs of one length. */
	const depositOf = async (job) => {
		const { input } = await chain.view('jobs.job', job);
		assert.equal(input, market.zeros);
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
		const { model, version } = market.sold;
		const collect = market.tx.models.collectRoyalty(model, version);
		// What was earned before is the former owner's as long as it is the owner.
		if ((await chain.view('models.royaltyOwed', model, version)) > 0n) await chain.send(market.eve, collect);
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
					pot: { free: 200n * MILLI },
					charlie: { free: released.amount, held: -PRICE - released.amount },
					issuance: -100n * MILLI,
				};
			},
		);
		assert.equal(event(settled, 'jobs.Settled').royalty, 200n * MILLI);
		await books.moves('eve', () => chain.send(market.eve, collect), {
			ferdie: { free: 200n * MILLI },
			pot: { free: -200n * MILLI },
		});
	});
});
