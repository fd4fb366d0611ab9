// SPDX-License-Identifier: Apache-2.0

// Strangers call what they like over RPC: blocks come on time, and others are served.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Chain } from '../lib/chain.mjs';
import { startNode } from '../lib/node.mjs';
import { announce, longQuestion, longTransaction, Socket } from '../lib/rpc.mjs';

const SLOT = 6_000;
/** How many slots a flood lasts. */
const FLOOD = 6;
/** How many blocks may be missing of them, for a machine that has other work. */
const MISSING = 2;
/** How long an answer to others may take, in milliseconds; a library gives up after 30 seconds. */
const ANSWER = 20_000;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const BUSY = -32005;
const APPLY = 'BlockBuilder_apply_extrinsic';
const MEBIBYTE = 1024 * 1024;
/** How many sockets one address opens. */
const SOCKETS = 200;
/** Another address of this machine. */
const OTHER = '127.0.0.2';
/** How long an answer to another address may take while one floods, in milliseconds. */
const SHARE = 4_000;

const start = async (...args) => {
	const node = await startNode(['--dev', '--sealing', 'aura', ...args], { name: 'flooded' });
	return Chain.connect(node.url, node);
};

describe('a flood of long runtime calls', () => {
	let chain, probe, blob, once;

	before(async () => {
		chain = await start();
		blob = await longTransaction(chain, 4_000);
		probe = await Socket.open(chain.node.url);
		// The second is the one to measure: the first compiles and fills caches.
		await probe.call('state_call', APPLY, blob);
		const begun = Date.now();
		const { error } = await probe.call('state_call', APPLY, blob);
		assert.equal(error, undefined);
		once = Date.now() - begun;
	});
	after(async () => {
		probe?.close();
		await chain?.stop();
	});

	it('does not keep blocks from coming, neither while it lasts nor after its sockets closed', async (t) => {
		const heights = [await chain.height()];
		const sockets = await Promise.all(Array.from({ length: 10 }, () => Socket.open(chain.node.url)));
		const answers = sockets.flatMap((socket) =>
			Array.from({ length: 10 }, async () => {
				while (socket.isOpen) await socket.call('state_call', APPLY, blob);
			}),
		);
		let longest = 0;
		for (const until = Date.now() + FLOOD * SLOT; Date.now() < until; await sleep(500)) {
			const begun = Date.now();
			const { result } = await probe.call('system_health');
			assert(result, 'the node answers others');
			longest = Math.max(longest, Date.now() - begun);
		}
		heights.push(await chain.height());
		for (const socket of sockets) socket.close();
		await Promise.all(answers);
		const begun = Date.now();
		const { error } = await probe.call('state_call', APPLY, blob);
		const after = Date.now() - begun;
		await sleep(2 * SLOT);
		heights.push(await chain.height());
		t.diagnostic(`a call: ${once} ms; heights ${heights}; longest answer ${longest} ms; a call after: ${after} ms`);
		assert(heights[1] - heights[0] >= FLOOD - MISSING, `blocks during the flood: ${heights}`);
		assert(heights[2] - heights[1] >= 1, `blocks after the flood: ${heights}`);
		assert(longest < ANSWER, `an answer took ${longest} ms`);
		// A hundred calls were in flight. What runs cannot be stopped; what waited is forgotten.
		assert.equal(error, undefined);
		assert(after < 10 * once + ANSWER, `a call after the flood took ${after} ms, one alone ${once} ms`);
	});

	it('does not starve others that call the runtime', async () => {
		const flood = await Socket.open(chain.node.url);
		const calls = Array.from({ length: 30 }, () => flood.call('state_call', APPLY, blob));
		const begun = Date.now();
		assert((await probe.call('state_call', 'Core_version', '0x')).result);
		const took = Date.now() - begun;
		flood.close();
		await Promise.all(calls);
		assert(took < 10 * once + ANSWER, `another's call waited ${took} ms, a long one takes ${once} ms`);
	});

	it('is told that the node is busy where too much waits', async () => {
		const flood = await Socket.open(chain.node.url);
		const first = flood.call('state_call', APPLY, blob);
		// Asked of a certain block, it is no short call.
		const { result: block } = await flood.call('chain_getBlockHash');
		const calls = Array.from({ length: 600 }, () => flood.call('state_call', 'Core_version', '0x', block));
		const busy = (await Promise.all(calls)).filter(({ error }) => error);
		await first;
		flood.close();
		assert(busy.length > 0 && busy.length < 600, `${busy.length} of 600 were refused`);
		for (const { error } of busy) {
			assert.equal(error.code, BUSY);
			assert.match(error.message, /too many calls wait on this connection/);
		}
	});
});

describe('one address with two hundred sockets', () => {
	let chain, other;

	const memory = () => {
		const status = readFileSync(`/proc/${chain.node.daemon.pid}/status`, 'utf8');
		return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
	};

	before(async () => {
		chain = await start('--rpc-methods', 'safe');
		other = await Socket.open(chain.node.url, { from: OTHER });
	});
	after(async () => {
		other?.close();
		await chain?.stop();
	});

	it('keeps no other from its turn, and nobody from short calls', async (t) => {
		const question = longQuestion(chain);
		const account = chain.accounts.dave.address;
		const open = () => Socket.open(chain.node.url);
		const sockets = await Promise.all(Array.from({ length: SOCKETS }, open));
		const neighbour = await open();
		const before = await chain.height();
		let answers = 0;
		const flood = sockets.map(async (socket) => {
			while (socket.isOpen) if ((await socket.call('state_call', ...question)).result) answers++;
		});
		const took = [];
		try {
			await sleep(2_000);
			for (const until = Date.now() + 10_000; Date.now() < until; await sleep(500)) {
				for (const [socket, ...call] of [
					[other, 'system_accountNextIndex', account],
					[neighbour, 'system_accountNextIndex', account],
					[other, 'state_call', 'Metadata_metadata_versions', '0x'],
				]) {
					const begun = Date.now();
					const { error } = await socket.call(...call);
					assert.equal(error, undefined);
					took.push(Date.now() - begun);
				}
			}
		} finally {
			for (const socket of [...sockets, neighbour]) socket.close();
		}
		const blocks = (await chain.height()) - before;
		await Promise.all(flood);
		t.diagnostic(
			`${took.length} answers in at most ${Math.max(...took)} ms, ${answers} to the flood, ${blocks} blocks`,
		);
		assert(Math.max(...took) < SHARE, `answers took ${took} ms`);
		assert(answers > 0, 'the flood has its share');
		assert(blocks >= 1, `${blocks} blocks`);
	});

	it('takes no more memory for messages that it announces than the node has for them', async (t) => {
		const before = memory();
		const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => announce(chain.node.url, 7 * MEBIBYTE)));
		const count = () => sockets.filter(({ closed }) => !closed).length;
		for (const until = Date.now() + ANSWER; count() * 7 > 128 && Date.now() < until;) await sleep(500);
		const open = count();
		const grown = memory() - before;
		// Who has least is not closed for those who have more.
		const answer = await other.call('state_call', 'Core_version', `0x${'00'.repeat(2 * MEBIBYTE)}`);
		for (const socket of sockets) socket.destroy();
		t.diagnostic(`${open} of ${SOCKETS} sockets are open, ${grown.toFixed(0)} MiB more`);
		assert(!answer.closed, 'an answer, if an error');
		assert(grown < 400, `the node took ${grown} MiB more`);
		assert(open > 0 && open * 7 <= 128, `${open} sockets are open`);
		assert((await other.call('system_health')).result);
	});
});

describe('strangers', () => {
	let chain, socket;

	before(async () => {
		chain = await start('--rpc-methods', 'safe', '--rpc-max-connections', '40');
		socket = await Socket.open(chain.node.url);
	});
	after(async () => {
		socket?.close();
		await chain?.stop();
	});

	it('do not execute transactions or blocks for nothing', async () => {
		for (const name of [APPLY, 'Core_execute_block', 'Core_initialize_block']) {
			const { error } = await socket.call('state_call', name, '0x');
			assert.equal(error?.code, METHOD_NOT_FOUND, name);
			assert.match(error.message, /unsafe to be called externally/);
		}
		assert((await socket.call('state_call', 'Core_version', '0x')).result);
	});

	it('let nobody read an address without end', async () => {
		const begun = Date.now();
		for (const method of ['system_accountNextIndex', 'account_nextIndex']) {
			const { error } = await socket.call(method, 'x'.repeat(MEBIBYTE));
			assert.equal(error?.code, INVALID_PARAMS, method);
		}
		assert(Date.now() - begun < ANSWER);
	});

	it('get the keys of the state by the page only', async () => {
		for (const method of ['state_getKeys', 'childstate_getKeys']) {
			const { error } = await socket.call(method, '0x');
			assert.equal(error?.code, METHOD_NOT_FOUND, method);
			assert.match(error.message, /call (child)?state_getKeysPaged/);
		}
		const { result } = await socket.call('state_getKeysPaged', '0x', 10);
		assert.equal(result.length, 10);
		assert((await socket.call('state_getKeysPaged', '0x', 1_001)).error, 'no page has more than 1000');
	});

	it('leave nothing in the log when their arguments are malformed', async () => {
		const { length } = chain.node.daemon.log;
		for (const name of ['AccountNonceApi_account_nonce', 'RuntimeViewFunction_execute_view_function', 'Nothing_here']) {
			for (const bytes of ['0x', '0xff', '0x00112233']) {
				const { error } = await socket.call('state_call', name, bytes);
				assert(error, `${name} of ${bytes} is an error`);
			}
		}
		// Too short for a transaction, and longer than its prefix says.
		for (const bytes of ['0x', '0x04', '0x0400ff', '0x2004000102030405']) {
			assert((await socket.call('author_submitExtrinsic', bytes)).error, `${bytes} is an error`);
		}
		const complaints = chain.node.daemon.log
			.slice(length)
			.split('\n')
			.filter((line) => /panicked|WARN|ERROR|runtime instance|Bad input/.test(line));
		assert.deepEqual(complaints, []);
	});

	it('do not shut others out with sockets that say nothing', async () => {
		const held = [];
		for (let at = 0; at < 100; at++) held.push(await Socket.open(chain.node.url));
		const other = await Socket.open(chain.node.url);
		assert((await other.call('system_health')).result);
		assert((await socket.call('system_health')).result, 'who had called before is still connected');
		assert(held.filter(({ isOpen }) => isOpen).length < 40);
		for (const one of [...held, other]) one.close();
	});
});

describe('an instantly sealed chain', () => {
	it('makes no blocks for strangers', async () => {
		const node = await startNode(['--dev', '--block-time', '0', '--rpc-methods', 'safe'], { name: 'sealed' });
		const socket = await Socket.open(node.url);
		try {
			for (const method of ['engine_createBlock', 'engine_finalizeBlock']) {
				const { error } = await socket.call(method, true, true, null);
				assert.equal(error?.code, METHOD_NOT_FOUND);
				assert.match(error.message, /unsafe to be called externally/);
			}
		} finally {
			socket.close();
			await node.stop();
		}
	});
});
