// SPDX-License-Identifier: Apache-2.0

// The commands that talk to a chain, and the worker daemon: paid for honest work, and never out of
// pocket for a crash or a race.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { inputBytes, model, sample } from '../lib/artifacts.mjs';
import { changes, feesBetween, ledger, MILLI, POT, UNIT } from '../lib/balances.mjs';
import { Chain, plain } from '../lib/chain.mjs';
import { candor, candorJson, candorRefused, startWorker } from '../lib/cli.mjs';
import { BOND, Market } from '../lib/market.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const BLOCK_TIME = 400;
const LINE = 8;

let digits, chain, market, url;

before(async () => {
	digits = await model('digits');
	chain = await Chain.start({ blockTime: BLOCK_TIME });
	market = new Market(chain, digits);
	({ url } = chain.node);
});
after(() => chain?.stop());

const as = (name) => ['--url', url, '--suri', `//${name}`];

/** Where commands remember what they have done. */
const stateFolder = () => process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state');

/** A worker daemon of its own, ready. */
const daemon = async (name, ...args) => {
	const state = temporaryFolder('state');
	const start = () => startWorker(['--dir', digits.folder, '--data', state, ...as(name), ...args]);
	const worker = start();
	await worker.logged(/ready/);
	return { worker, start, state };
};

/** Stops a worker. */
const stop = async (worker) => {
	worker.signal('SIGTERM');
	assert.equal((await worker.ended()).code, 0, worker.lastLines);
};

/** A door before the node that is shut at first: it answers as a node does that takes no more connections. */
const door = async () => {
	const sockets = new Set();
	let isOpen = false;
	const server = net.createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => sockets.delete(socket));
		if (!isOpen) return socket.end('HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n');
		const node = net.connect(Number(new URL(url).port), '127.0.0.1');
		node.on('error', () => socket.destroy());
		node.on('close', () => socket.destroy());
		socket.on('close', () => node.destroy());
		socket.pipe(node).pipe(socket);
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return {
		url: `ws://127.0.0.1:${server.address().port}`,
		open: () => (isOpen = true),
		shut: () => {
			isOpen = false;
			for (const socket of sockets) socket.destroy();
		},
		close: () => {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
};

/** Opens a job with the command line. */
const open = (...more) =>
	candorJson([
		...['job', 'open', '--model', '0:1', '--schema', join(digits.folder, 'schema.json')],
		...['--input', digits.samples, '--sample', `${LINE}`, '--price', '2', ...as('Charlie'), ...more],
	]);

/** The market's events from a block to the newest one. */
const eventsSince = async (from) => {
	const { api } = chain;
	const events = [];
	for (let number = from; number <= (await chain.height()); number++) {
		const { query } = await api.at(await api.rpc.chain.getBlockHash(number));
		for (const { event } of await query.system.events()) {
			if (['jobs', 'workers'].includes(event.section)) {
				const fields = event.data.names?.map((name, at) => [name, plain(event.data[at])]) ?? [];
				events.push({ id: `${event.section}.${event.method}`, ...Object.fromEntries(fields) });
			}
		}
	}
	return events;
};

const about = (events, id, job) => events.filter((event) => event.id === id && Number(event.job) === Number(job));

/** Waits until a job has ended. */
const ended = async (job) => {
	const until = Date.now() + 60_000;
	while ((await chain.view('jobs.jobStatus', job)) !== 'Ended') {
		assert(Date.now() < until, `job ${job} does not end`);
		await sleep(BLOCK_TIME);
	}
};

describe('the command line', () => {
	it('registers circuit, model and workers', async () => {
		const circuit = await candorJson(['circuit', 'register', digits.folder, ...as('Bob')]);
		assert.equal(circuit.circuit, digits.setup.circuit);
		const registered = await candorJson(['model', 'register', digits.folder, '--royalty', '10%', ...as('Bob')]);
		assert.deepEqual([registered.model, registered.version], [0, 1]);
		assert.equal(registered.commitment, digits.commitment);
		for (const name of ['Dave', 'Eve']) {
			const { bond } = await candorJson(['worker', 'register', '--bond', '100', ...as(name)]);
			assert.equal(Number(bond), 100);
		}
		market.sold = { model: 0n, version: 1n };
		assert.equal((await chain.view('circuits.circuit', circuit.circuit)).provenance.declared, 'Development');
		assert.equal((await chain.view('workers.worker', market.dave.address)).bond, BOND);
	});

	it('passes on the typed reason of a refusal', async () => {
		const refusal = await candorRefused(['worker', 'register', '--bond', '1', ...as('Ferdie')]);
		assert.equal(refusal.code, 1);
		assert.equal(refusal.kind, 'refused');
		assert.match([refusal.message, ...refusal.causes].join(' '), /BondTooSmall/);
		const unknown = await candorRefused(['job', 'cancel', '999', ...as('Charlie')]);
		assert.match([unknown.message, ...unknown.causes].join(' '), /UnknownJob/);
	});

	it('opens, shows and cancels a job', async () => {
		const { job, payout } = await open('--min-reputation', '100%');
		assert.equal(Number(payout), 1.7);
		assert.equal((await candorJson(['job', 'status', `${job}`, '--url', url])).status, 'open');
		await candorJson(['job', 'cancel', `${job}`, ...as('Charlie')]);
		const { code, out } = await candor(['job', 'status', `${job}`, '--url', url, '--json']);
		assert.deepEqual([code, JSON.parse(out).status], [1, 'ended']);
	});

	it('claims and answers by hand', async () => {
		const { job } = await open();
		await candorJson(['job', 'claim', `${job}`, ...as('Eve')]);
		const answer = await candorJson(['job', 'submit', `${job}`, '--dir', digits.folder, ...as('Eve')]);
		assert.equal(answer.class, sample(digits.samples, LINE).label);
		assert.equal(await chain.view('jobs.jobStatus', job), 'Ended');
		const status = await candorJson(['worker', 'status', market.eve.address, '--url', url]);
		assert.equal(status.settled, 1);
		assert.equal(status.why_score.requesters.length, 1);
	});

	it('sends a proof that was made before', async () => {
		const kept = join(stateFolder(), 'candor', 'proofs');
		mkdirSync(kept, { recursive: true });
		const { job } = await open('--proving-period', '150');
		await candorJson(['job', 'claim', `${job}`, ...as('Eve')]);
		const proof = await candorJson([
			...['prove', digits.folder, '--input', digits.samples, '--sample', `${LINE}`],
			...['--out', temporaryFolder('proof'), '--genesis', chain.api.genesisHash.toHex()],
			...['--job', `${job}`, '--worker', market.eve.address],
		]);
		const file = join(kept, `proof-${proof.binding}.json`);
		const runs = [{ job, output: proof.output.slice(2) }];
		const stored = { runs, places: 1, proof: proof.proof.slice(2) };
		writeFileSync(file, JSON.stringify(stored));
		const { code, out, err } = await candor(['job', 'submit', `${job}`, '--dir', digits.folder, ...as('Eve')]);
		assert.equal(code, 0, err);
		assert.match(err, /taking the proof that was made before/);
		assert.doesNotMatch(err, /computing the proof/);
		assert.match(out, /settled/);
		assert(!existsSync(file), 'it has done its work');
	});
});

describe('a worker', () => {
	it('claims, proves and is paid, and the requester reads the answer', async () => {
		const accounts = { pot: POT, charlie: market.charlie, dave: market.dave };
		const before = await ledger(chain, accounts);
		const from = (await chain.height()) + 1;
		const { worker } = await daemon('Dave', '--once', '1');
		const answer = await open('--wait');
		assert.equal(answer.outcome, 'settled');
		assert.equal(answer.class, sample(digits.samples, LINE).label);
		assert.equal((await worker.ended()).code, 0);

		const fees = await feesBetween(chain, from, await chain.height());
		const { accounts: moved, issuance } = changes(before, await ledger(chain, accounts));
		const fee = (name) => fees.get(accounts[name].address) ?? 0n;
		assert.deepEqual(moved.dave, { free: 1_700n * MILLI - fee('dave'), held: 0n, total: 1_700n * MILLI - fee('dave') });
		assert.deepEqual(moved.pot, { free: 200n * MILLI, held: 0n, total: 200n * MILLI });
		assert.deepEqual(moved.charlie, {
			free: -2n * UNIT - fee('charlie'),
			held: 0n,
			total: -2n * UNIT - fee('charlie'),
		});
		assert.equal(issuance, -100n * MILLI);
	});

	it('that is killed while proving finishes the job after a restart and loses nothing', async () => {
		const from = (await chain.height()) + 1;
		const { worker, start } = await daemon('Dave');
		const { job } = await open();
		await worker.logged(/claim is final/);
		worker.signal('SIGKILL');
		assert.equal((await worker.ended()).signal, 'SIGKILL');
		assert.equal(Object.keys(await chain.view('jobs.jobStatus', job))[0], 'Claimed');

		const again = start();
		await again.logged(/settled/);
		again.signal('SIGTERM');
		assert.equal((await again.ended()).code, 0);
		const events = await eventsSince(from);
		assert.equal(about(events, 'jobs.Claimed', job).length, 1, 'claimed once');
		assert.equal(about(events, 'jobs.Settled', job)[0].worker, market.dave.address);
		assert.equal(about(events, 'jobs.Forfeited', job).length, 0);
		const { bond, locked, openJobs } = await chain.view('workers.worker', market.dave.address);
		assert.deepEqual([bond, locked, openJobs], [BOND, 0n, 0n]);
	});

	it('races with another, and each job is paid once to one of them', async () => {
		const from = (await chain.height()) + 1;
		const [dave, eve] = await Promise.all(['Dave', 'Eve'].map((name) => daemon(name)));
		const jobs = [];
		for (let i = 0; i < 3; i++) jobs.push((await open()).job);
		for (const job of jobs) await ended(job);
		for (const { worker } of [dave, eve]) {
			worker.signal('SIGTERM');
			assert.equal((await worker.ended()).code, 0);
		}
		const events = await eventsSince(from);
		for (const job of jobs) {
			assert.equal(about(events, 'jobs.Settled', job).length, 1);
			assert.equal(about(events, 'jobs.Claimed', job).length, 1);
			assert.equal(about(events, 'jobs.Claimed', job)[0].worker, about(events, 'jobs.Settled', job)[0].worker);
		}
		assert.equal(events.filter(({ id }) => id === 'jobs.Forfeited').length, 0);
		for (const { address } of [market.dave, market.eve]) {
			const { bond, locked, openJobs } = await chain.view('workers.worker', address);
			assert.deepEqual([bond, locked, openJobs], [BOND, 0n, 0n]);
			assert.equal((await chain.view('workers.reputation', address)).failed, 0n);
		}
	});

	it('leaves a job alone whose input is not the one behind the commitment', async () => {
		const { worker } = await daemon('Dave');
		const commitment = await market.commitment(LINE);
		const job = await market.open(commitment, { input: `0x${'01'.repeat(64)}`, lifetime: 200 });
		const { job: honest } = await open();
		await ended(honest);
		assert.equal(Object.keys(await chain.view('jobs.jobStatus', job))[0], 'Open');
		worker.signal('SIGTERM');
		assert.equal((await worker.ended()).code, 0);
		await candorJson(['job', 'cancel', `${job}`, ...as('Charlie')]);
	});

	it('sees an honest job among hundreds that nobody can claim', async () => {
		const { tx } = market;
		const input = `0x${inputBytes(digits, LINE).toString('hex')}`;
		const commitment = await market.commitment(LINE);
		const unwanted = await market.openCall(commitment, {
			input,
			demands: { minReputation: 1_000_000 },
			lifetime: 1000,
		});
		const PER_BATCH = 50;
		const opened = [];
		for (let i = 0; i < 8; i++) {
			const batch = tx.utility.batchAll(Array(PER_BATCH).fill(unwanted));
			const { events } = await chain.send(market.charlie, batch);
			opened.push(...events.filter(({ id }) => id === 'jobs.Opened').map(({ job }) => job));
		}
		assert.equal(opened.length, 8 * PER_BATCH);

		const { worker } = await daemon('Dave');
		const before = await chain.height();
		const { job } = await open();
		await ended(job);
		const blocks = (await chain.height()) - before;
		assert(blocks < 100, `the honest job took ${blocks} blocks`);
		assert.equal(worker.log.match(/it demands a reputation of 100%/g).length, opened.length, 'each reason once');
		await stop(worker);
		for (let i = 0; i < opened.length; i += PER_BATCH) {
			const cancels = opened.slice(i, i + PER_BATCH).map((job) => tx.jobs.cancel(job));
			await chain.send(market.charlie, tx.utility.batchAll(cancels));
		}
	});

	it('claims nothing without the money for the answer, and goes on when it is there', async () => {
		const { tx } = market;
		const dust = chain.api.consts.balances.existentialDeposit.toBigInt() + UNIT / 1000n;
		const { free } = (await chain.api.query.system.account(market.dave.address)).data;
		await chain.sudo(tx.balances.forceSetBalance(market.dave.address, dust));
		const { worker } = await daemon('Dave');
		const { job } = await open('--deadline', '600');
		await worker.logged(/left alone .*the free balance is 0\.001, and claim and answer may cost \d+\.\d+/);
		assert.equal(Object.keys(await chain.view('jobs.jobStatus', job))[0], 'Open');
		await chain.sudo(tx.balances.forceSetBalance(market.dave.address, free.toBigInt()));
		await ended(job);
		await stop(worker);
		assert.equal((await chain.view('workers.reputation', market.dave.address)).failed, 0n);
	});

	it('is paid for a proof that the disk does not take', async () => {
		const { worker, state } = await daemon('Dave');
		await open('--wait');
		rmSync(state, { recursive: true });
		const answer = await open('--wait');
		assert.equal(answer.outcome, 'settled');
		assert.match(worker.log, /could not be stored: it is sent from memory/);
		await stop(worker);
	});

	it('waits for a node that takes no connections, and comes back to its claim when they are cut', async () => {
		const way = await door();
		const at = ['--url', way.url, '--suri', '//Dave'];
		const state = temporaryFolder('state');
		const worker = startWorker(['--dir', digits.folder, '--data', state, ...at]);
		await worker.logged(/no connection yet: trying again/);
		way.open();
		await worker.logged(/ready/);
		const { job } = await open();
		await worker.logged(/claiming/);
		way.shut();
		await worker.logged(/the connection is lost/);
		way.open();
		await ended(job);
		await worker.logged(/settled/);
		await stop(worker);
		way.close();
		assert.equal((await chain.view('workers.reputation', market.dave.address)).failed, 0n);
	});

	it('serves the models that its operator named', async () => {
		const base = ['worker', 'run', '--dir', digits.folder, '--data', temporaryFolder('state'), ...as('Dave')];
		const refusal = await candorRefused([...base, '--model', '5,6']);
		assert.equal(refusal.code, 1);
		assert.match(refusal.message, new RegExp(`registered as 0 of ${market.bob.address}`));
		assert.match(refusal.hint, /--model/);
		assert.equal((await candorRefused([...base, '--owner', market.eve.address])).code, 1);
		for (const named of [
			['--model', '0'],
			['--owner', market.bob.address],
		]) {
			const { worker } = await daemon('Dave', '--once', '1', ...named);
			assert.equal((await open('--wait')).outcome, 'settled');
			assert.equal((await worker.ended()).code, 0);
		}
	});

	it('does without a folder that cannot be loaded where it has a claim, and only there', async () => {
		const broken = join(temporaryFolder('broken'), 'model');
		const told = new RegExp(`the model in ${broken} cannot be loaded`);
		const base = ['worker', 'run', '--dir', broken, '--dir', digits.folder];
		const refusal = await candorRefused([...base, '--data', temporaryFolder('state'), ...as('Dave')]);
		assert.equal(refusal.code, 2);
		assert.match(refusal.message, told);

		const { job } = await open();
		await market.claim(market.dave, BigInt(job));
		const { worker } = await daemon('Dave', '--dir', broken, '--once', '1');
		await worker.logged(told);
		await ended(job);
		assert.equal((await worker.ended()).code, 0, worker.lastLines);
		assert.equal((await chain.view('workers.reputation', market.dave.address)).failed, 0n);
	});

	it('that is not registered is told so', async () => {
		const refusal = await candorRefused([
			'worker',
			'run',
			'--dir',
			digits.folder,
			'--data',
			temporaryFolder('state'),
			...as('Ferdie'),
		]);
		assert.equal(refusal.code, 1);
		assert.match([refusal.message, ...refusal.causes].join(' '), /not registered/);
	});
});
