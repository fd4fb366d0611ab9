// SPDX-License-Identifier: Apache-2.0

// How commands that talk to a chain end: exit codes, what pools refuse, what other transactions of the
// account take, and a node that says nothing.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { UNIT } from '../lib/balances.mjs';
import { Chain } from '../lib/chain.mjs';
import { candorJson, startCandor } from '../lib/cli.mjs';
import { openArguments, reportOf, run } from '../lib/commands.mjs';
import { Market } from '../lib/market.mjs';
import { startNode } from '../lib/node.mjs';

/** What a handshake appends to the client's key, by RFC 6455. */
const WEBSOCKET = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

describe('a node that shakes hands and says nothing', () => {
	let server, url;

	before(async () => {
		server = createServer();
		server.on('upgrade', (request, socket) => {
			const key = request.headers['sec-websocket-key'];
			const accept = createHash('sha1').update(`${key}${WEBSOCKET}`).digest('base64');
			socket.write(
				`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
			);
			socket.on('error', () => {});
			socket.resume();
		});
		await new Promise((done) => server.listen(0, '127.0.0.1', done));
		url = `ws://127.0.0.1:${server.address().port}`;
	});
	after(() => {
		server.closeAllConnections();
		server.close();
	});

	it('is given up after fifteen seconds', async () => {
		const { code, error, seconds } = await run(['job', 'status', '0', '--url', url]);
		assert.deepEqual([code, error.kind], [3, 'failed']);
		assert.match([error.message, ...error.causes].join(' '), /cannot connect .*no answer in time/);
		assert(seconds > 10 && seconds < 25, `${seconds} s`);
	});
});

describe('commands', () => {
	let market, url;

	before(async () => {
		market = await Market.start({ blockTime: 1000 });
		({ url } = market.chain.node);
	});
	after(() => market.stop());

	it('of one account, twenty at once, open twenty jobs, each of them one', async () => {
		const { chain } = market;
		const runs = await Promise.all(Array.from({ length: 20 }, () => run(openArguments(market, 'Charlie'))));
		for (const { code, err } of runs) assert.equal(code, 0, err);
		const jobs = runs.map(({ job }) => job).sort((a, b) => a - b);
		assert.deepEqual(jobs, [...Array(20).keys()]);
		assert.equal(Number(await chain.api.query.jobs.nextJobId()), 20);
		assert.equal(new Set(runs.map(({ transaction }) => transaction)).size, 20);
	});

	it('open a job on each of some samples in one transaction, or none', async () => {
		const { model, chain } = market;
		const open = (samples, ...more) =>
			run([
				...['job', 'open', '--model', '0:1', '--schema', join(model.folder, 'schema.json'), '--input', model.samples],
				...['--samples', samples, '--price', '2', '--url', url, '--suri', '//Charlie', ...more],
			]);
		const next = Number(await chain.api.query.jobs.nextJobId());
		const { code, err, jobs, samples, block } = await open('2-4,1');
		assert.equal(code, 0, err);
		assert.deepEqual(jobs, [next, next + 1, next + 2, next + 3]);
		assert.equal(samples.length, 4);
		const events = await (await chain.api.at(block)).query.system.events();
		assert.equal(events.filter(({ event }) => chain.api.events.jobs.Opened.is(event)).length, 4);
		const views = await Promise.all(jobs.map((job) => chain.view('jobs.job', BigInt(job))));
		const commitments = await Promise.all([2, 3, 4, 1].map((line) => market.commitment(line)));
		assert.deepEqual(
			views.map(({ inputCommitment }) => inputCommitment),
			commitments,
		);

		for (const samples of ['3,3', '0', '1-', '1,1000000', '1-300']) {
			const refused = await open(samples);
			assert.deepEqual([refused.code, refused.jobs], [2, undefined], samples);
		}
		assert.equal(Number(await chain.api.query.jobs.nextJobId()), next + 4);
	});

	it('tell no connection from wrong arguments', async () => {
		const nowhere = await run(['account', 'balance', market.eve.address, '--url', 'ws://127.0.0.1:1']);
		assert.deepEqual([nowhere.code, nowhere.error.kind], [3, 'failed']);
		const arguments_ = await run(['account', 'balance', 'nobody', '--url', url]);
		assert.deepEqual([arguments_.code, arguments_.error.kind], [2, 'wrong-input']);
	});

	it('tell jobs and workers that are there from those that are not', async () => {
		const { job } = await run(openArguments(market, 'Charlie'));
		const there = await run(['job', 'status', `${job}`, '--url', url]);
		assert.deepEqual([there.code, there.status], [0, 'open']);
		assert.equal(there.best_block, there.block);
		await candorJson(['job', 'cancel', `${job}`, '--url', url, '--suri', '//Charlie']);
		const ended = await run(['job', 'status', `${job}`, '--url', url]);
		assert.deepEqual([ended.code, ended.status], [1, 'ended']);
		const never = await run(['job', 'status', '123456789', '--url', url]);
		assert.deepEqual([never.code, never.status], [1, 'never-opened']);
		const worker = await run(['worker', 'status', market.dave.address, '--url', url]);
		assert.deepEqual([worker.code, worker.registered], [0, true]);
		const none = await run(['worker', 'status', market.charlie.address, '--url', url]);
		assert.deepEqual([none.code, none.registered], [1, false]);
	});

	it('name the block of a transaction that fails', async () => {
		const { code, error, ...achieved } = await run(['job', 'cancel', '123456789', '--url', url, '--suri', '//Charlie']);
		assert.deepEqual([code, error.kind], [1, 'refused']);
		assert.match(error.message, /^Jobs\.UnknownJob: /);
		assert.match(achieved.transaction, /^0x[0-9a-f]{64}$/);
		assert.equal(achieved.block, (await market.chain.api.rpc.chain.getBlockHash(achieved.block_number)).toHex());
		assert(Number(achieved.transaction_fee) > 0);
	});

	it('pay a tip on top of the fee, and say so', async () => {
		const { chain, charlie } = market;
		const free = async () => (await chain.api.query.system.account(charlie.address)).data.free.toBigInt();
		const plain = await run(openArguments(market, 'Charlie'));
		assert.deepEqual([plain.code, plain.tip], [0, '0'], plain.err);
		const before = await free();
		const tipped = await run(['job', 'cancel', `${plain.job}`, '--tip', '0.25', '--url', url, '--suri', '//Charlie']);
		assert.deepEqual([tipped.code, tipped.tip], [0, '0.25'], tipped.err);
		const events = await (await chain.api.at(tipped.block)).query.system.events();
		const isPaid = ({ event }) =>
			chain.api.events.transactionPayment.TransactionFeePaid.is(event) && event.data[0].eq(charlie.address);
		const [, fee, tip] = events.find(isPaid).event.data;
		assert.equal(tip.toBigInt(), UNIT / 4n);
		assert.equal(fee.toBigInt(), BigInt(Math.round(Number(tipped.transaction_fee) * 1e12)));
		// The price and the deposit have returned as well.
		const returned = 2n * UNIT + BigInt(Math.round(Number(plain.deposit) * 1e12));
		assert.equal(await free(), before - fee.toBigInt() + returned);
	});

	it('refuse a tip that the account cannot pay, before anything is sent', async () => {
		const { chain, charlie } = market;
		const nonce = async () => (await chain.api.rpc.system.accountNextIndex(charlie.address)).toNumber();
		const before = await nonce();
		for (const more of [[], ['--no-wait']]) {
			const { code, error } = await run(openArguments(market, 'Charlie', '--tip', '123456789', ...more));
			assert.deepEqual([code, error.kind], [1, 'refused'], `${more}`);
			assert.match(error.message, /^the tip of 123456789 CNDR and the fee of \S+ are more than the \S+ that/);
			assert.match(error.hint, /nothing was sent: give a lower --tip/);
		}
		assert.equal(await nonce(), before);
		const sent = await run(openArguments(market, 'Charlie', '--tip', '0.001', '--no-wait'));
		assert.deepEqual([sent.code, sent.tip], [0, '0.001'], sent.err);
	});

	it('are those of a refusal when the pool refuses, waited for or not', async () => {
		for (const more of [[], ['--no-wait']]) {
			const { code, error } = await run(openArguments(market, 'Pauper', ...more));
			assert.deepEqual([code, error.kind], [1, 'refused'], `${more}`);
			assert.match(error.message, /^InvalidTransaction\.Payment: /);
			assert.match(error.hint, /candor account balance/);
		}
	});

	it('change a worker’s bond, and return it', async () => {
		const as = ['--url', url, '--suri', '//Dave'];
		assert.equal((await run(['worker', 'bond', '20', ...as])).bond, '120');
		assert.equal((await run(['worker', 'unbond', '15.5', ...as])).bond, '104.5');
		assert.equal((await run(['worker', 'deregister', ...as])).returned, '104.5');
		const again = await run(['worker', 'deregister', ...as]);
		assert.equal(again.code, 1);
		assert.match(again.error.message, /NotRegistered/);
	});
});

describe('a transaction in the pool', () => {
	let chain, url;

	before(async () => {
		// With slots, so that it waits there.
		const node = await startNode(['--dev', '--sealing', 'aura'], { name: 'slots' });
		chain = await Chain.connect(node.url, node);
		({ url } = chain.node);
	});
	after(() => chain.stop());

	it('is sent again, once, when another one takes its place', async () => {
		const { eve } = chain.accounts;
		const nonce = await chain.api.rpc.system.accountNextIndex(eve.address);
		const register = startCandor(['worker', 'register', '--bond', '100', '--json', '--url', url, '--suri', '//Eve']);
		await register.logged(/waiting until it is final/);
		await chain.api.tx.system.remark('0x01').signAndSend(eve, { nonce, tip: 10n ** 12n });
		const { code, bond } = await reportOf(register);
		assert.deepEqual([code, bond], [0, '100']);
		assert.match(register.log, /another one of the same account was faster/);
		assert.equal((await chain.api.rpc.system.accountNextIndex(eve.address)).toNumber(), nonce.toNumber() + 2);
	});

	it('is named when it is not final in time', async () => {
		const args = ['worker', 'register', '--bond', '100', '--timeout', '1', '--url', url, '--suri', '//Dave'];
		const { code, error, transaction } = await run(args);
		assert.deepEqual([code, error.kind], [3, 'failed']);
		assert.match([error.message, ...error.causes].join(' '), /fate of transaction .* not final after 1 s/);
		assert(error.message.includes(transaction));
		assert.match(error.hint, /up to block \d+/);
	});
});
