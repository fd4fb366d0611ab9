// SPDX-License-Identifier: Apache-2.0

// What a node says at its start of what it cannot do, and how nodes find together.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Chain } from '../lib/chain.mjs';
import { startNode } from '../lib/node.mjs';
import { nodeBinary } from '../lib/paths.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const run = promisify(execFile);
const SLOT = 6_000;
const SESSION = 100;
const OPTIONS = ['--rpc-port', '0', '--listen-addr', '/ip4/127.0.0.1/tcp/0', '--unsafe-force-node-key-generation'];

/** Run the node where it has to end at once, and give what it says. */
const refused = async (...args) => {
	const error = await run(nodeBinary(), args, { timeout: 60_000 }).then(
		({ stdout }) => assert.fail(`the node ended well: ${stdout}`),
		(error) => error,
	);
	assert.equal(error.code, 1, error.stderr);
	return error.stderr;
};

/** A started node, connected to. */
const chainOf = async (...args) => {
	const node = await startNode(args);
	return Chain.connect(node.url, node);
};

/** Wait until something holds. */
const until = async (holds, timeout, message) => {
	for (const end = Date.now() + timeout; !(await holds()); await sleep(500)) {
		assert(Date.now() < end, message());
	}
};

const height = async ({ api }) => (await api.rpc.chain.getHeader()).number.toNumber();
const finalised = async ({ api }) =>
	(await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();

describe('a node that is told too little', () => {
	it('runs no chain of public keys, and names the choices', async () => {
		for (const args of [OPTIONS, ['--validator', ...OPTIONS], ['chain-info']]) {
			const message = await refused(...args);
			for (const choice of ['--dev', '--chain FILE', '--chain local']) assert(message.includes(choice), message);
		}
	});

	it('makes a node key without a chain, but not in the folder of one', async () => {
		const file = join(temporaryFolder('key'), 'node.key');
		await run(nodeBinary(), ['key', 'generate-node-key', '--file', file]);
		assert.equal(readFileSync(file, 'utf8').length, 64);
		await assert.rejects(
			() => run(nodeBinary(), ['key', 'generate-node-key', '--base-path', temporaryFolder('key')]),
			/--chain/,
		);
	});

	it('does not seal instantly where it is no validator', async () => {
		const folder = temporaryFolder('refused');
		const message = await refused('--chain', 'dev', '--sealing', 'instant', '--base-path', folder, ...OPTIONS);
		assert.match(message, /add --dev or --validator/);
	});
});

describe('a validator without session keys', () => {
	it('says that it makes no blocks, and how to get keys', async () => {
		const node = await startNode(['--chain', 'local', '--validator']);
		try {
			await node.daemon.logged(/has no session keys yet and makes no blocks: author_rotateKeysWithOwner/);
		} finally {
			await node.stop();
		}
	});
});

describe('compiled runtimes', () => {
	const files = (folder) =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name));

	it('are kept beside the database, and compiled again where they are damaged', async () => {
		const data = join(temporaryFolder('compiled'), 'data');
		const kept = join(data, 'runtimes');
		const args = ['--dev', '--base-path', data, '--block-time', '0'];
		const first = await chainOf(...args, '--runtime-cache', kept);
		await first.blocks(1);
		await first.api.disconnect();
		await first.node.daemon.stop();
		const large = files(kept).filter((file) => statSync(file).size > 1_000_000);
		assert.notEqual(large.length, 0, `${files(kept)}`);
		for (const file of large) writeFileSync(file, 'no code');

		const { stdout } = await run(nodeBinary(), ['check-state', '--dev', '--base-path', data]);
		assert.match(stdout, /^ +holds +ok$/m);
		for (const file of large) assert(statSync(file).size > 1_000_000, `${file} was not written anew`);
	});
});

describe('a database', () => {
	it('of another chain is not taken for the one that was asked for', async () => {
		const folder = temporaryFolder('edited');
		const [first, second, data] = ['first.json', 'second.json', 'data'].map((name) => join(folder, name));
		await run(nodeBinary(), ['export-chain-spec', '--chain', 'dev', '--output', first]);
		const args = ['--alice', '--block-time', '0', '--base-path', data];
		const chain = await chainOf('--chain', first, ...args);
		const { genesis } = chain;
		await chain.blocks(1);
		await chain.api.disconnect();
		await chain.node.daemon.stop();

		const spec = JSON.parse(readFileSync(first, 'utf8'));
		const { balances } = spec.genesis.runtimeGenesis.patch;
		balances.balances[0][1] = 7_000_000_000_000_000;
		writeFileSync(second, JSON.stringify(spec));
		const message = await refused('--chain', second, ...args, ...OPTIONS);
		assert.match(message, /holds another chain/);
		assert(message.includes(genesis), `${genesis} is not in ${message}`);
		assert.equal(new Set(message.match(/0x[0-9a-f]{64}/g)).size, 2, message);
		assert.match(message, /purge-chain/);

		// The chain itself goes on.
		const again = await chainOf('--chain', first, ...args);
		assert.equal(await height(again), 1);
		await again.stop();
	});

	it('whose clock is ahead waits in slots, says for how long, and goes on instantly', async () => {
		const data = join(temporaryFolder('ahead'), 'data');
		const args = ['--dev', '--base-path', data];
		const ahead = await chainOf(...args, '--block-time', '0');
		await ahead.blocks(100);
		await ahead.api.disconnect();
		await ahead.node.daemon.stop();

		const slots = await startNode([...args, '--sealing', 'aura']);
		await slots.daemon.logged(/clock is ahead of this machine's: block #100 .* ends in 9 min/);
		await sleep(2 * SLOT);
		assert.doesNotMatch(slots.daemon.log, /panicked|Slot must increase/);
		await slots.daemon.stop();

		const again = await chainOf(...args, '--block-time', '0');
		await again.blocks(1);
		assert.equal(await height(again), 101);
		await again.stop();
	});
});

describe('instant sealing', () => {
	it('includes a transaction that had no room in the block of a new session', async () => {
		const chain = await chainOf('--dev', '--block-time', '0');
		try {
			await chain.until(SESSION - 1);
			const { accounts, api } = chain;
			const included = await chain.send(accounts.eve, api.tx.system.remark('0x'));
			assert(included.number <= SESSION + 1, `included in block ${included.number}`);
			await sleep(1_000);
			assert((await height(chain)) <= SESSION + 1, 'no more blocks than it takes');
		} finally {
			await chain.stop();
		}
	});

	it('says that no other node can follow, and so does the other node', async () => {
		const chain = await chainOf('--dev');
		try {
			assert.match(chain.node.daemon.log, /no other node can follow/);
			const [address] = await chain.rpc('system_localListenAddresses');
			const follower = await startNode(['--chain', 'dev', '--bootnodes', address]);
			try {
				await follower.daemon.logged(/has a bad seal/);
			} finally {
				await follower.stop();
			}
		} finally {
			await chain.stop();
		}
	});
});

describe('slots on a development chain', () => {
	it('are followed by a node without keys, and by one that leaves finality out', async () => {
		const chain = await chainOf('--dev', '--sealing', 'aura');
		const followers = [];
		try {
			const [address] = await chain.rpc('system_localListenAddresses');
			const follow = (...args) => chainOf('--chain', 'dev', '--bootnodes', address, ...args);
			followers.push(...(await Promise.all([follow(), follow('--no-grandpa')])));
			for (const follower of followers) {
				await until(
					async () => (await height(follower)) >= 2,
					60_000,
					() => `the follower does not follow:\n${follower.node.daemon.lastLines}`,
				);
			}
		} finally {
			await Promise.all(followers.map((follower) => follower.stop()));
			await chain.stop();
		}
	});
});

describe('session keys made without a running node', () => {
	it('are taken by the chain with the proof that the node’s command makes', async () => {
		const phrase = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk//session';
		const chain = await chainOf('--dev', '--block-time', '0');
		try {
			const { accounts, api } = chain;
			const { dave, eve } = accounts;
			const args = ['--owner', dave.address, '--suri', phrase, '--output-type', 'json'];
			const { stdout } = await run(nodeBinary(), ['key', 'session-proof', ...args]);
			const { keys, proof } = JSON.parse(stdout);
			const call = api.tx.session.setKeys(keys, proof);
			assert.equal((await chain.refused(eve, call)).id, 'session.InvalidProof');
			await chain.send(dave, call);

			const keystore = join(chain.node.folder, 'data', 'chains', 'candor_dev', 'keystore');
			for (const [scheme, type] of [
				['sr25519', 'aura'],
				['ed25519', 'gran'],
			]) {
				const insert = ['--scheme', scheme, '--key-type', type, '--suri', phrase, '--keystore-path', keystore];
				await run(nodeBinary(), ['key', 'insert', '--chain', 'dev', ...insert]);
			}
			assert.equal(await chain.rpc('author_hasSessionKeys', keys), true);
		} finally {
			await chain.stop();
		}
	});
});

describe('a network of two', () => {
	it('brings a third node to its state by warp synchronisation', async () => {
		const alice = await chainOf('--chain', 'local', '--alice');
		const nodes = [alice];
		try {
			const [address] = await alice.rpc('system_localListenAddresses');
			nodes.push(await chainOf('--chain', 'local', '--bob', '--bootnodes', address));
			await until(
				async () => (await finalised(alice)) >= 3,
				20 * SLOT,
				() => 'no finality',
			);
			const node = await startNode(['--chain', 'local', '--sync', 'warp', '--bootnodes', address]);
			// Nothing can be read of the third before it has a state.
			let third;
			nodes.push({ stop: () => (third ?? node).stop() });
			await node.daemon.logged(/State sync is complete/, 20 * SLOT);
			// The best block of the moment may still be one without a state.
			await until(
				async () => {
					third = await Chain.connect(node.url, node).catch(() => undefined);
					return third !== undefined;
				},
				10 * SLOT,
				() => `nothing can be read:\n${node.daemon.lastLines}`,
			);
			await until(
				async () => (await finalised(third).catch(() => 0)) >= 3,
				20 * SLOT,
				() => `no finality:\n${third.node.daemon.lastLines}`,
			);
			assert.match(node.daemon.log, /Warp sync is complete/);
			const account = await third.api.query.system.account(third.accounts.alice.address);
			assert(account.data.free.toBigInt() > 0n);
		} finally {
			await Promise.all(nodes.map((node) => node.stop()));
		}
	});
});
