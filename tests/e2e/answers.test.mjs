// SPDX-License-Identifier: Apache-2.0

// Answers that must not be paid. Each refusal leaves all money where it was, and each is followed by
// the same answer sent correctly, which is paid: the refusal was for its reason alone.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { prove } from '../lib/artifacts.mjs';
import { MILLI, UNIT } from '../lib/balances.mjs';
import { BOND, Books, event, Market, MAX_BOUNTY, PRICE, PROVING_PERIOD } from '../lib/market.mjs';
import {
	flagged,
	infinity,
	Key,
	negated,
	nonCanonical,
	offCurve,
	outsideSubgroup,
	Proof,
	hex,
	G1,
	G2,
} from '../lib/points.mjs';

const LINE = 3;
const JOB_BOND = UNIT;
const FEE = PRICE / 20n;
/** Half of the bond would be more than a requester gets. */
const BURNT = JOB_BOND - MAX_BOUNTY;
/** Bytes of the longest proof of any proof system. */
const LONGEST_PROOF = 320;
/** What the pool says about a call that does not decode: verification failed. */
const UNDECODABLE = 'transaction.1002';
/** Time for many attempts. */
const LONG = { provingPeriod: 1_000, lifetime: 1_100 };

let market, chain, books;

before(async () => {
	market = await Market.start({}, 'hashed');
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve', 'ferdie']);
});
after(() => market.stop());

/** The job is settled by this answer: what was refused before was refused for its reason alone. */
const paid = async (worker, job, answer) => {
	const { payout, bounty } = event(await chain.send(worker, market.submit(job, answer)), 'jobs.Settled');
	assert.equal(payout, 1_700n * MILLI);
	assert.equal(bounty, 0n);
};

/** The same for a job that Eve has taken over, on which another worker's bond has left a bounty. */
const paidWithBounty = async (job, answer) => {
	const settled = await books.moves(
		'eve',
		() => chain.send(market.eve, market.submit(job, answer)),
		(included) => {
			const { amount: deposit } = event(included, 'balances.Released');
			return {
				eve: { free: 1_700n * MILLI + MAX_BOUNTY },
				pot: { free: PRICE / 10n },
				charlie: { free: deposit, held: -PRICE - MAX_BOUNTY - deposit },
				issuance: -PRICE / 20n,
			};
		},
	);
	assert.equal(event(settled, 'jobs.Settled').bounty, MAX_BOUNTY);
};

/** Flips one bit of hex. */
const flipped = (text, bit) => {
	const bytes = Buffer.from(text.slice(2), 'hex');
	bytes[bit >> 3] ^= 1 << (bit & 7);
	return hex(bytes);
};

/** Both the view function and the call give this reason. */
const refuses = async (name, job, answer, reason) => {
	const signer = market[name];
	assert.equal(await chain.objection('jobs.canSubmit', job, signer.address, answer.output, answer.proof), reason);
	return books.refuses(name, market.submit(job, answer), reason);
};

describe('an answer is refused', () => {
	let job, answer;

	before(async () => {
		job = await market.claimed(market.dave, LINE, LONG);
		answer = await market.answer(market.dave, job, LINE);
	});
	after(() => paid(market.dave, job, answer));

	it('when any bit of the output is changed', async () => {
		const bits = 8 * (answer.output.length / 2 - 1);
		for (const bit of [0, 7, 8 * 30, 8 * 31, bits - 1]) {
			await refuses('dave', job, { ...answer, output: flipped(answer.output, bit) }, 'jobs.InvalidProof');
		}
	});

	it('when another worker sends it', async () => {
		await refuses('eve', job, answer, 'jobs.NotClaimant');
	});

	it('when somebody sends it who is no worker, the requester included', async () => {
		await refuses('ferdie', job, answer, 'jobs.NotClaimant');
		await refuses('charlie', job, answer, 'jobs.NotClaimant');
	});

	it('when the output is shorter or longer than the model’s', async () => {
		for (const output of ['0x', answer.output.slice(0, -2), `${answer.output}00`, `0x${'00'.repeat(1024)}`]) {
			await refuses('dave', job, { ...answer, output }, 'jobs.WrongOutputLength');
		}
	});

	it('when the proof is of another input, another job, another worker, another chain or no job', async () => {
		const { genesis } = chain;
		const address = (account) => ({ genesis, job, worker: account.address });
		const mine = address(market.dave);
		const others = {
			'another input': [LINE + 1, mine],
			'another job': [LINE, { ...mine, job: job + 1n }],
			'another worker': [LINE, address(market.eve)],
			'another chain': [LINE, { ...mine, genesis: flipped(genesis, 0) }],
			'no job': [LINE, undefined],
		};
		for (const [what, [line, bound]] of Object.entries(others)) {
			const { proof, output } = await prove(market.model, line, bound);
			await refuses('dave', job, { output, proof }, 'jobs.InvalidProof').catch((error) => {
				throw new Error(`a proof of ${what}`, { cause: error });
			});
		}
	});

	it('when parts of two proofs are mixed, or a point is replaced by a valid one', async () => {
		const proof = new Proof(answer.proof);
		const other = new Proof((await prove(market.model, LINE)).proof);
		const { alpha, beta } = new Key(market.model.key);
		for (const mixed of [
			proof.with({ a: other.a }),
			proof.with({ b: other.b }),
			proof.with({ c: other.c }),
			proof.with({ a: proof.c, c: proof.a }),
			proof.with({ a: negated(proof.a) }),
			proof.with({ c: negated(proof.c) }),
			proof.with({ a: alpha, b: beta }),
		]) {
			await refuses('dave', job, { ...answer, proof: mixed }, 'jobs.InvalidProof');
		}
	});

	it('when it is the forgery for keys whose gamma and delta are equal', async () => {
		const { public_inputs: inputs } = await prove(market.model, LINE, {
			genesis: chain.genesis,
			job,
			worker: market.dave.address,
		});
		const proof = hex(new Key(market.model.key).forgery(inputs.map(BigInt)));
		await refuses('dave', job, { ...answer, proof }, 'jobs.InvalidProof');
	});

	it('when the bytes are not a proof', async () => {
		const proof = new Proof(answer.proof);
		const malformed = {
			nothing: '0x',
			'one byte': '0x00',
			'a byte too few': answer.proof.slice(0, -2),
			'no C': hex(Buffer.concat([proof.a, proof.b])),
			zeros: hex(Buffer.alloc(256)),
			ones: `0x${'ff'.repeat(256)}`,
			'A at infinity': proof.with({ a: infinity(G1) }),
			'B at infinity': proof.with({ b: infinity(G2) }),
			'C at infinity': proof.with({ c: infinity(G1) }),
			'A not canonical': proof.with({ a: nonCanonical(proof.a) }),
			'B not canonical': proof.with({ b: nonCanonical(proof.b) }),
			'C not canonical': proof.with({ c: nonCanonical(proof.c) }),
			'a flag in A': proof.with({ a: flagged(proof.a, 7) }),
			'another flag in A': proof.with({ a: flagged(proof.a, 6) }),
			'a flag in B': proof.with({ b: flagged(proof.b, 7) }),
			'a flag in C': proof.with({ c: flagged(proof.c, 6) }),
			'A off the curve': proof.with({ a: offCurve(proof.a) }),
			'B off the curve': proof.with({ b: offCurve(proof.b) }),
			'C off the curve': proof.with({ c: offCurve(proof.c) }),
			'B outside the subgroup': proof.with({ b: outsideSubgroup() }),
		};
		for (const [what, bytes] of Object.entries(malformed)) {
			await refuses('dave', job, { ...answer, proof: bytes }, 'jobs.MalformedProof').catch((error) => {
				throw new Error(`a proof with ${what}`, { cause: error });
			});
		}
	});

	it('when a byte is appended to the proof', async () => {
		await refuses('dave', job, { ...answer, proof: `${answer.proof}00` }, 'jobs.MalformedProof');
	});

	it('when the proof is longer than that of any system: such a call does not even decode', async () => {
		const { length } = Buffer.from(answer.proof.slice(2), 'hex');
		const longer = `${answer.proof}${'00'.repeat(LONGEST_PROOF + 1 - length)}`;
		const call = market.submit(job, { ...answer, proof: longer });
		const { id } = await chain.turnedAway(market.dave, call);
		assert.equal(id, UNDECODABLE);
	});

	it('when nobody has claimed the job', async () => {
		const open = await market.open(await market.commitment(LINE));
		await refuses('dave', open, answer, 'jobs.NotClaimed');
	});

	it('when there is no such job', async () => {
		await refuses('dave', 1_000_000n, answer, 'jobs.UnknownJob');
		await refuses('dave', 2n ** 64n - 1n, answer, 'jobs.UnknownJob');
	});
});

describe('a proof is paid once', () => {
	it('and refused on a second job about the same input by the same worker', async () => {
		const first = await market.claimed(market.dave, LINE);
		const second = await market.claimed(market.dave, LINE);
		const answer = await market.answer(market.dave, first, LINE);
		await paid(market.dave, first, answer);

		await refuses('dave', second, answer, 'jobs.InvalidProof');
		await paid(market.dave, second, await market.answer(market.dave, second, LINE));
	});

	it('and never again on the job that it settled, under any encoding', async () => {
		const job = await market.claimed(market.dave, LINE);
		const answer = await market.answer(market.dave, job, LINE);
		const other = { ...answer, proof: new Proof(answer.proof).rerandomised };
		assert.notEqual(other.proof, answer.proof);
		// The other form is a proof as good as the first.
		await paid(market.dave, job, other);
		await refuses('dave', job, other, 'jobs.UnknownJob');
		await refuses('dave', job, answer, 'jobs.UnknownJob');
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.UnknownJob');
	});
});

describe('a stolen proof', () => {
	it('is worth nothing to a worker that takes the job over', async () => {
		const job = await market.claimed(market.dave, LINE);
		const stolen = await market.answer(market.dave, job, LINE);

		await books.refuses('eve', market.tx.jobs.claim(job), 'jobs.AlreadyClaimed');
		await market.overdue(job);
		const { deadline, standstill } = await chain.view('jobs.job', job);
		const moved = (await chain.api.query.jobs.standstill()).toBigInt() - standstill;
		assert.deepEqual(await chain.view('jobs.nextAction', job), {
			TakeOver: { by: deadline + moved - BigInt(PROVING_PERIOD) },
		});
		await books.refuses('dave', market.tx.jobs.claim(job), 'jobs.OwnClaimOverdue');

		// Dave's bond on the job: less than the claim cost is held for whoever answers, the rest is burnt.
		const included = await books.moves('eve', () => chain.send(market.eve, market.tx.jobs.claim(job)), {
			dave: { held: -JOB_BOND },
			charlie: { held: MAX_BOUNTY },
			issuance: -BURNT,
		});
		const { worker, bounty, burnt } = event(included, 'jobs.Forfeited');
		assert.deepEqual([worker, bounty, burnt], [market.dave.address, MAX_BOUNTY, BURNT]);
		assert.equal((await chain.view('workers.worker', market.dave.address)).bond, BOND - JOB_BOND);

		await refuses('dave', job, stolen, 'jobs.NotClaimant');
		await refuses('eve', job, stolen, 'jobs.InvalidProof');
		await paidWithBounty(job, await market.answer(market.eve, job, LINE));
	});
});

describe('the deadline', () => {
	/** A job that leaves room for one claim only, also where an empty block comes before it. */
	const single = { lifetime: PROVING_PERIOD + 2 };

	it('lets an answer in the last block pass', async () => {
		const job = await market.claimed(market.dave, LINE, single);
		const answer = await market.answer(market.dave, job, LINE);
		const until = await market.lastBlock(job);
		const included = await chain.send(market.dave, market.submit(job, answer));
		assert.equal(BigInt(included.number), until);
		assert.equal(event(included, 'jobs.Settled').job, job);
	});

	it('refuses an answer one block later, and the bond is lost', async () => {
		const job = await market.claimed(market.dave, LINE, single);
		const answer = await market.answer(market.dave, job, LINE);
		const before = await chain.view('workers.reputation', market.dave.address);
		const { bad } = await chain.view('workers.whyScore', market.dave.address);
		const { bond } = await chain.view('workers.worker', market.dave.address);

		const until = await market.lastBlock(job);
		// In the last block, the job cannot be expired yet.
		await books.refuses('ferdie', market.tx.jobs.expire(job), 'jobs.NotExpirable');
		assert.equal(BigInt(await chain.height()), until);
		const { included } = await books.refuses('dave', market.submit(job, answer), 'jobs.DeadlinePassed');
		assert.equal(BigInt(included.number), until + 1n);
		assert.deepEqual(await chain.view('jobs.jobStatus', job), { Overdue: { worker: market.dave.address, until } });
		assert.equal(await chain.view('jobs.nextAction', job), 'Expire');
		await books.refuses('charlie', market.tx.jobs.cancel(job), 'jobs.AlreadyClaimed');
		await books.refuses('eve', market.tx.jobs.claim(job), 'jobs.TooLateToClaim');

		const held = (await chain.api.query.balances.holds(market.charlie.address)).toArray();
		const escrow = held.find(({ id }) => id.value.type === 'Escrow').amount.toBigInt();
		assert(escrow >= PRICE);
		const expired = await books.moves(
			'ferdie',
			() => chain.send(market.ferdie, market.tx.jobs.expire(job)),
			({ events }) => {
				const released = events.filter(({ id, who }) => id === 'balances.Released' && who === market.charlie.address);
				const sum = released.reduce((total, { amount }) => total + amount, 0n);
				const deposit = sum - PRICE - MAX_BOUNTY;
				assert(deposit > 0n, 'the deposit was not returned');
				return {
					dave: { held: -JOB_BOND },
					charlie: { free: PRICE + deposit + MAX_BOUNTY, held: -PRICE - deposit },
					issuance: -BURNT,
				};
			},
		);
		const { bounty, burnt } = event(expired, 'jobs.Forfeited');
		assert.equal(bounty + burnt, JOB_BOND);
		const refunded = { job, requester: market.charlie.address, amount: PRICE, bounty };
		assert.deepEqual(event(expired, 'jobs.Refunded'), refunded);

		const reputation = await chain.view('workers.reputation', market.dave.address);
		assert.equal(reputation.failed, before.failed + 1n);
		const why = await chain.view('workers.whyScore', market.dave.address);
		assert.equal(why.bad, bad + 4n * FEE, 'four times the fee speaks against the worker');
		assert.equal(reputation.score, (why.good * 1_000_000n) / (why.good + why.bad + why.prior));
		assert.equal((await chain.view('workers.worker', market.dave.address)).bond, bond - JOB_BOND);
		await refuses('dave', job, answer, 'jobs.UnknownJob');
	});

	it('reopens a job into which another claim fits', async () => {
		const job = await market.claimed(market.dave, LINE);
		await market.overdue(job);
		const included = await books.moves('ferdie', () => chain.send(market.ferdie, market.tx.jobs.expire(job)), {
			dave: { held: -JOB_BOND },
			charlie: { held: MAX_BOUNTY },
			issuance: -BURNT,
		});
		assert.deepEqual(event(included, 'jobs.Reopened'), { job });
		await market.claim(market.eve, job);
		await paidWithBounty(job, await market.answer(market.eve, job, LINE));
	});

	it('leaves no larger bounty on a dear job than on a cheap one, so that making workers fail does not pay', async () => {
		for (const [price, bond] of [
			[10n * MILLI, 100n * MILLI],
			[60n * UNIT, 30n * UNIT],
		]) {
			const job = await market.claimed(market.eve, LINE, { price, provingPeriod: 5, lifetime: 20 });
			await market.overdue(job);
			// Another claim fits: price and deposit stay where they are, and the bounty joins them.
			const expired = await books.moves('ferdie', () => chain.send(market.ferdie, market.tx.jobs.expire(job)), {
				eve: { held: -bond },
				charlie: { held: MAX_BOUNTY },
				issuance: MAX_BOUNTY - bond,
			});
			assert.deepEqual(event(expired, 'jobs.Reopened'), { job });
			assert.equal(event(expired, 'jobs.Forfeited').burnt, bond - MAX_BOUNTY);
		}
	});
});
