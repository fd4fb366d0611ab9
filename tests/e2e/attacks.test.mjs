// SPDX-License-Identifier: Apache-2.0

// Ways to rob others that do not break any rule: proxies that may do more than their type says, what
// waits in the pool copied and sent first, jobs held back. None of them pays, and none of them blocks the
// owner.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { inputBytes } from '../lib/artifacts.mjs';
import { changes, ledger, MILLI, UNIT } from '../lib/balances.mjs';
import { Books, circuitId, event, GROTH16, Market, MAX_BOUNTY, provenance, ROYALTY, schema } from '../lib/market.mjs';
import { ROOT } from '../lib/paths.mjs';
import { hex, Proof } from '../lib/points.mjs';

const LINE = 8;
/** Enough to come before whoever does not tip. */
const TIP = 1_000_000n;

let market, chain, api, tx, books, commitment;

before(async () => {
	market = await Market.start({}, 'hashed');
	({ chain, tx } = market);
	({ api } = chain);
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve', 'ferdie']);
	commitment = await market.commitment(LINE);
});
after(() => market.stop());

describe('a proxy', () => {
	const TYPES = ['NonTransfer', 'Worker'];
	/** A principal for each type, with an account of Eve's as its proxy. */
	const principals = {};

	before(async () => {
		for (const type of TYPES) {
			const principal = chain.account(`//Principal//${type}`);
			await chain.send(market.ferdie, tx.balances.transferKeepAlive(principal.address, 1_000n * UNIT));
			await chain.send(principal, tx.proxy.addProxy(market.eve.address, type, 0));
			principals[type] = principal;
		}
	});

	/** What became of calls that Eve made in the name of another account, all in one transaction. */
	const proxied = async (type, calls) => {
		const wrapped = calls.map((call) => tx.proxy.proxy(principals[type].address, null, call));
		const included = await chain.send(market.eve, tx.utility.forceBatch(wrapped));
		const records = await (await api.at(included.block)).query.system.events();
		const results = records.map(({ event }) => event).filter((event) => api.events.proxy.ProxyExecuted.is(event));
		assert.equal(results.length, calls.length);
		return results.map(({ data: [result] }) => {
			if (result.isOk) return null;
			const { isModule, asModule } = result.asErr;
			return isModule ? api.registry.findMetaError(asModule).name : result.asErr.type;
		});
	};

	it('may do what docs/proxies.md says, call by call, and nothing else', async () => {
		const text = readFileSync(join(ROOT, 'docs/proxies.md'), 'utf8');
		const rows = [...text.matchAll(/^\| `(.*?)` \| (.*?) \| (.*?) \|$/gm)];
		const allowed = new Map(rows.map(([, name, ...marks]) => [name, marks.map((mark) => mark.trim() === 'yes')]));
		assert(allowed.size > 10);
		const calls = chain.everyCall(tx.system.remark('0x'));
		for (const [name, call] of calls) {
			// What only root has a use for does not even get into the pool.
			if (!(await call.paymentInfo(market.eve)).class.isNormal) calls.delete(name);
		}
		for (const name of allowed.keys()) assert(calls.has(name), `${name} is no ordinary call`);

		for (const [at, type] of TYPES.entries()) {
			const results = await proxied(type, [...calls.values()]);
			const passed = [...calls.keys()].filter((_, index) => results[index] !== 'CallFiltered');
			const documented = [...allowed].filter(([, marks]) => marks[at]).map(([name]) => name);
			assert.deepEqual(passed.sort(), documented.sort(), type);
		}
	});

	it('that may not transfer cannot put its principal’s money where it can be lost, or give it away', async () => {
		const principal = principals.NonTransfer;
		const before = await ledger(chain, { principal });
		const bond = before.accounts.principal.free - 2n * UNIT;
		const calls = [
			tx.workers.register(bond, ''),
			tx.workers.bondMore(UNIT),
			tx.jobs.claim(0),
			tx.jobs.decline(0),
			await market.openCall(commitment),
			tx.models.transferOwnership(0, market.eve.address),
			tx.balances.transferAllowDeath(market.eve.address, UNIT),
			tx.proxy.addProxy(market.charlie.address, 'Any', 0),
			tx.utility.batchAll([tx.workers.register(bond, '')]),
			tx.utility.asDerivative(0, tx.balances.transferAll(market.eve.address, false)),
			tx.multisig.asMultiThreshold1([market.eve.address], tx.workers.register(bond, '')),
		];
		assert.deepEqual(await proxied('NonTransfer', calls), Array(calls.length).fill('CallFiltered'));
		const { accounts } = changes(before, await ledger(chain, { principal }));
		assert.deepEqual(accounts.principal, { free: 0n, held: 0n, total: 0n });
	});

	it('of a worker can lose the bond that was set aside and no more, and gains nothing by it', async () => {
		const principal = principals.Worker;
		const bond = 50n * UNIT;
		await chain.send(principal, tx.workers.register(bond, ''));
		const before = await ledger(chain, { principal, eve: market.eve, charlie: market.charlie });

		// The requester and the hot key are one, and the job locks the whole bond.
		const call = await market.openCall(commitment, { price: 2n * bond, provingPeriod: 5, lifetime: 6 });
		const opened = await chain.send(market.charlie, call);
		const { job } = event(opened, 'jobs.Opened');
		assert.deepEqual(await proxied('Worker', [tx.jobs.claim(job), tx.workers.bondMore(UNIT)]), [null, 'CallFiltered']);
		await market.overdue(job);
		const expired = await chain.send(market.charlie, tx.jobs.expire(job));
		assert.deepEqual(event(expired, 'jobs.Forfeited').bounty, MAX_BOUNTY);

		const { accounts } = changes(before, await ledger(chain, { principal, eve: market.eve, charlie: market.charlie }));
		assert.equal(accounts.principal.free, 0n);
		assert.equal(accounts.principal.total, -bond);
		const gained = accounts.charlie.total + accounts.eve.total;
		assert(gained <= 0n, `${gained}`);
	});

	it('of two workers gains nothing by many jobs of the least price, in batches', async () => {
		const JOBS = 50;
		const BOND = 20n * UNIT;
		const TERMS = { price: 10n * MILLI, provingPeriod: 5, lifetime: 17 };
		const [first, second] = ['First', 'Second'].map((name) => chain.account(`//Principal//${name}`));
		for (const principal of [first, second]) {
			await chain.send(market.ferdie, tx.balances.transferKeepAlive(principal.address, 100n * UNIT));
			await chain.send(principal, tx.workers.register(BOND, ''));
			await chain.send(principal, tx.proxy.addProxy(market.eve.address, 'Worker', 0));
		}
		const accounts = { first, second, eve: market.eve, charlie: market.charlie };
		const before = await ledger(chain, accounts);

		const call = await market.openCall(commitment, TERMS);
		const opened = await chain.send(market.charlie, tx.utility.batchAll(Array(JOBS).fill(call)));
		const jobs = opened.events.filter(({ id }) => id === 'jobs.Opened').map(({ job }) => job);
		const all = async (signer, id, calls) => {
			const included = await chain.send(signer, tx.utility.batchAll(calls));
			assert.equal(included.events.filter((event) => event.id === id).length, JOBS);
			return included;
		};
		const claimFor = ({ address }) =>
			all(
				market.eve,
				'jobs.Claimed',
				jobs.map((job) => tx.proxy.proxy(address, null, tx.jobs.claim(job))),
			);
		const bounties = ({ events }) =>
			events.filter(({ id }) => id === 'jobs.Forfeited').reduce((sum, it) => sum + it.bounty, 0n);

		await claimFor(first);
		await market.overdue(jobs.at(-1));
		// What the first lets pass the second takes over: one claim for each forfeited bond.
		const takenOver = await claimFor(second);
		await market.overdue(jobs.at(-1));
		const expired = await all(
			market.charlie,
			'jobs.Refunded',
			jobs.map((job) => tx.jobs.expire(job)),
		);
		for (const { fee, events } of [takenOver, expired]) {
			assert.equal(bounties({ events }), BigInt(JOBS) * MAX_BOUNTY);
			assert(fee >= BigInt(JOBS) * MAX_BOUNTY, `${fee}`);
		}

		const { accounts: moved } = changes(before, await ledger(chain, accounts));
		for (const name of ['first', 'second']) assert.equal(moved[name].total, BigInt(-JOBS) * 100n * MILLI);
		const gained = moved.charlie.total + moved.eve.total;
		assert(gained <= 0n, `${gained}`);
	});
});

describe('a registration that is copied out of the pool and sent first', () => {
	let key;

	before(() => {
		key = hex(market.model.key);
	});

	/** Eve pays more, and is first. */
	const race = async (honest, copy) => {
		const theirs = await chain.send(market.eve, copy, { tip: TIP });
		return { theirs, ours: await chain.send(market.bob, honest) };
	};

	it('does not block the owner’s circuit, whatever the copy says of the key', async () => {
		// A ceremony of Bob's, of which Eve sees the key first.
		const origin = { ...provenance('Ceremony'), source: `0x${'0b'.repeat(32)}`, transcript: `0x${'0c'.repeat(32)}` };
		const { inputLen, outputLen } = schema(market.model).InferenceV1;
		const lie = { InferenceV1: { inputLen: 1, outputLen: outputLen + 1 } };
		const { ours, theirs } = await race(
			tx.circuits.register(GROTH16, key, schema(market.model), origin),
			tx.circuits.register(GROTH16, key, lie, provenance('Ceremony')),
		);
		const { circuit, depositor } = event(ours, 'circuits.Registered');
		assert.equal(circuit, circuitId(market.model.key, schema(market.model), origin));
		assert.notEqual(event(theirs, 'circuits.Registered').circuit, circuit);
		assert.equal(depositor, market.bob.address);
		const kept = await chain.view('circuits.circuit', circuit);
		assert.deepEqual(kept.schema, { InferenceV1: { inputLen: BigInt(inputLen), outputLen: BigInt(outputLen) } });
		assert.deepEqual(kept.provenance, origin);

		// It serves as if there were no other.
		const sold = await market.registerModel(market.bob, circuit);
		const input = hex(inputBytes(market.model, LINE));
		const job = await market.claimed(market.dave, LINE, { ...sold, input });
		event(
			await chain.send(market.dave, market.submit(job, await market.answer(market.dave, job, LINE))),
			'jobs.Settled',
		);
	});

	it('that says all the same is the same circuit: the owner uses it, and loses nothing but a fee', async () => {
		const origin = { ...provenance('Ceremony'), source: `0x${'0d'.repeat(32)}` };
		const honest = tx.circuits.register(GROTH16, key, schema(market.model), origin);
		const copied = event(await chain.send(market.eve, honest), 'circuits.Registered');
		await books.refuses('bob', honest, 'circuits.AlreadyRegistered');
		const sold = await market.registerModel(market.bob, copied.circuit);
		assert.equal((await chain.view('models.version', sold.model, sold.version)).circuit, copied.circuit);
		// Eve has her deposit back, and cannot take away what others rely on.
		event(await chain.send(market.eve, tx.circuits.deregister(copied.circuit)), 'circuits.DepositReturned');
		await books.refuses('eve', tx.circuits.deregister(copied.circuit), 'circuits.AlreadyReturned');
		assert.equal((await chain.view('circuits.circuit', copied.circuit)).references, 1n);
	});

	it('of a model is refused to whoever does not know it, and is as good as before for the owner', async () => {
		const shown = await market.possession(market.bob, market.circuit);
		const register = (royalty) => market.registration(market.circuit, market.model.commitment, shown, royalty);
		// Eve would have the royalties, and is first.
		await books.refuses('eve', register(500_000), 'models.InvalidProof');
		// Nor does it help her to make another proof of the same, as anybody can of Bob's.
		const { rerandomised: proof } = new Proof(shown.proof);
		const { circuit, model: copied } = market;
		const call = market.registration(circuit, copied.commitment, { ...shown, proof }, 500_000);
		await books.refuses('eve', call, 'models.InvalidProof');
		const { model, version } = event(await chain.send(market.bob, register(ROYALTY)), 'models.VersionPublished');
		assert.equal((await chain.view('models.model', model)).owner, market.bob.address);

		const job = await market.claimed(market.dave, LINE, { model, version });
		const answer = await market.answer(market.dave, job, LINE);
		const { held } = (await ledger(chain, { charlie: market.charlie })).accounts.charlie;
		await books.moves('dave', () => chain.send(market.dave, market.submit(job, answer)), {
			dave: { free: 1_700n * MILLI },
			pot: { free: 200n * MILLI },
			charlie: { free: held - 2n * UNIT, held: -held },
			issuance: -100n * MILLI,
		});
	});
});

describe('a job that is held back', () => {
	const PERIOD = 10;
	/** Half of the price of the tests. */
	const JOB_BOND = UNIT;
	const TERMS = { provingPeriod: PERIOD, lifetime: 60 };

	it('costs its holder the whole bond for every period, at once or in parts', async () => {
		const atOnce = await market.claimed(market.eve, LINE, TERMS);
		const inParts = await market.claimed(market.eve, LINE, TERMS);
		const before = (await chain.view('workers.worker', market.eve.address)).bond;
		const lost = async () => before - (await chain.view('workers.worker', market.eve.address)).bond;

		// Handed back and claimed again in one transaction, nobody else gets at it.
		const again = tx.utility.batchAll([tx.jobs.decline(inParts), tx.jobs.claim(inParts)]);
		// The block of the claim: on a busy machine others may have come since.
		const { until } = (await chain.view('jobs.job', inParts)).state.Claimed;
		const from = Number(until) - PERIOD;
		let last = from;
		while (last < from + PERIOD) last = (await chain.send(market.eve, again)).number;
		// On a busy machine a block more than was asked for may have come.
		const inPartsLost = (JOB_BOND * BigInt(last - from)) / BigInt(PERIOD);
		assert.equal(await lost(), inPartsLost);
		assert(inPartsLost >= JOB_BOND);

		await market.overdue(atOnce);
		await chain.send(market.charlie, tx.jobs.expire(atOnce));
		assert.equal(await lost(), inPartsLost + JOB_BOND);

		await chain.send(market.eve, tx.jobs.decline(inParts));
		for (const job of [atOnce, inParts]) await chain.send(market.charlie, tx.jobs.cancel(job));
	});
});
