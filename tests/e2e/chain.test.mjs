// SPDX-License-Identifier: Apache-2.0

// The node itself: consensus of two validators, the validator set, chain specifications, RPC.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { changes, ledger } from '../lib/balances.mjs';
import { Chain } from '../lib/chain.mjs';
import { Books, event } from '../lib/market.mjs';
import { startNode } from '../lib/node.mjs';
import { nodeBinary } from '../lib/paths.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const run = promisify(execFile);
const SLOT = 6_000;
/** Blocks of a session. */
const SESSION = 100;
/** How many finalised blocks show that finality works. */
const BLOCKS = 3;

describe('two validators', () => {
	let alice, bob;

	before(async () => {
		const first = await startNode(['--chain', 'local', '--alice', '--sealing', 'aura'], { name: 'alice' });
		alice = await Chain.connect(first.url, first);
		const [address] = await alice.rpc('system_localListenAddresses');
		const second = await startNode(['--chain', 'local', '--bob', '--sealing', 'aura', '--bootnodes', address], {
			name: 'bob',
		});
		bob = await Chain.connect(second.url, second);
	});
	after(async () => {
		await bob?.stop();
		await alice?.stop();
	});

	it('make blocks in turns and finalise them', async () => {
		const finalised = async ({ api }) =>
			(await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
		const until = Date.now() + 15 * SLOT;
		while (Math.min(await finalised(alice), await finalised(bob)) < BLOCKS) {
			assert(Date.now() < until, `${BLOCKS} blocks were not finalised within fifteen slots`);
			await sleep(500);
		}
		const hashes = await Promise.all([alice, bob].map(({ api }) => api.rpc.chain.getBlockHash(BLOCKS)));
		assert.equal(hashes[0].toHex(), hashes[1].toHex());
		const authors = await Promise.all(Array.from({ length: BLOCKS }, (_, at) => authorOf(alice, at + 1)));
		assert.equal(new Set(authors).size, 2, `both have made a block, in slots ${authors}`);
	});

	it('pass transactions on: what one node takes, both see', async () => {
		const { accounts, api } = bob;
		const before = (await alice.api.query.system.account(accounts.ferdie.address)).data.free.toBigInt();
		const included = await bob.send(accounts.eve, api.tx.balances.transferKeepAlive(accounts.ferdie.address, 12_345n));
		const until = Date.now() + 5 * SLOT;
		while ((await alice.height()) < included.number) {
			assert(Date.now() < until, 'the block did not arrive');
			await sleep(500);
		}
		const after = (await alice.api.query.system.account(accounts.ferdie.address)).data.free.toBigInt();
		assert.equal(after - before, 12_345n);
	});

	it('do not make blocks on demand', async () => {
		await assert.rejects(() => alice.rpc('engine_createBlock', true, true, null), /Method not found/);
	});

	/** Which authority's slot a block stands in. */
	const authorOf = async ({ api }, number) => {
		const header = await api.rpc.chain.getHeader(await api.rpc.chain.getBlockHash(number));
		const digest = header.digest.logs.find((log) => log.isPreRuntime);
		const slot = api.registry.createType('u64', digest.asPreRuntime[1].toU8a(true)).toBigInt();
		return slot % 2n;
	};
});

describe('one node alone', () => {
	let chain;

	before(async () => {
		chain = await Chain.start();
	});
	after(() => chain.stop());

	describe('as a development chain', () => {
		it('makes a block for a transaction and finalises it at once', async () => {
			const { api, accounts } = chain;
			const before = await chain.height();
			const included = await chain.send(accounts.eve, api.tx.system.remark('0x'));
			assert.equal(included.number, before + 1);
			assert.equal((await api.rpc.chain.getFinalizedHead()).toHex(), included.block);
		});

		it('makes no block without need', async () => {
			const before = await chain.height();
			await sleep(1_500);
			assert.equal(await chain.height(), before);
		});

		it('makes blocks on demand, each a slot later than the last', async () => {
			const time = async () => (await chain.api.query.timestamp.now()).toNumber();
			// From the second on, the chain's clock runs ahead of the wall's.
			await chain.blocks(2);
			const [height, then] = [await chain.height(), await time()];
			await chain.blocks(5);
			assert.equal(await chain.height(), height + 5);
			assert.equal((await time()) - then, 5 * SLOT);
		});

		it('pays fees to the author, and none disappear', async () => {
			const { api, accounts } = chain;
			const books = new Books(chain, ['eve', 'ferdie']);
			const call = api.tx.balances.transferKeepAlive(accounts.ferdie.address, 77n);
			await books.moves('eve', () => chain.send(accounts.eve, call), {
				eve: { free: -77n },
				ferdie: { free: 77n },
			});
		});

		it('offers the RPC methods that wallets and explorers use', async () => {
			const { methods } = await chain.rpc('rpc_methods');
			for (const method of [
				'author_submitAndWatchExtrinsic',
				'chain_subscribeFinalizedHeads',
				'chainHead_v1_follow',
				'engine_createBlock',
				'payment_queryInfo',
				'state_call',
				'state_subscribeStorage',
				'system_accountNextIndex',
				'system_health',
				'transactionWatch_v1_submitAndWatch',
			]) {
				assert(methods.includes(method), `${method} is missing`);
			}
		});

		it('tells beforehand what a transaction costs', async () => {
			const { api, accounts } = chain;
			const call = api.tx.system.remark('0x1234');
			const { partialFee } = await call.paymentInfo(accounts.eve);
			const { fee } = await chain.send(accounts.eve, call);
			assert(fee > 0n && fee <= partialFee.toBigInt(), `${fee} of at most ${partialFee}`);
		});
	});

	describe('with a validator set', () => {
		let bobKeys;

		/** How often the voters of GRANDPA have been replaced. */
		const voterSets = async () => (await chain.api.query.grandpa.currentSetId()).toNumber();

		/** Whether a block's header tells light clients that the voters change. */
		const announcesVoters = async (number) => {
			const { api } = chain;
			const { digest } = await api.rpc.chain.getHeader(await api.rpc.chain.getBlockHash(number));
			return digest.logs.some((log) => log.isConsensus && log.asConsensus[0].isGrandpa);
		};

		it('tells of no change where there is none, session by session', async () => {
			for (let sessions = 0; sessions < 2; sessions++) {
				const index = (await chain.api.query.session.currentIndex()).toNumber();
				const start = Math.floor((await chain.height()) / SESSION + 1) * SESSION;
				await chain.until(start);
				assert.equal((await chain.api.query.session.currentIndex()).toNumber(), index + 1);
				assert.equal(await announcesVoters(start), false, `block ${start}`);
				await chain.blocks(2);
				assert.equal(await voterSets(), 0);
			}
		});

		it('is changed by root alone, and only to a sound set', async () => {
			const { api, accounts } = chain;
			const { alice, bob } = accounts;
			const set = (...validators) => api.tx.validators.setValidators(validators.map(({ address }) => address));
			const refusal = async (call) => {
				const error = await chain.sudo(call).catch((error) => error);
				return error.id;
			};
			assert.equal((await chain.refused(bob, set(alice, bob))).id, 'dispatch.BadOrigin');
			assert.equal(await refusal(set()), 'validators.EmptySet');
			assert.equal(await refusal(set(alice, alice)), 'validators.Duplicate');
			assert.equal(await refusal(set(alice, bob)), 'validators.MissingKeys');
		});

		it('takes keys only from who can prove to own them', async () => {
			const { api, accounts } = chain;
			const { bob, eve } = accounts;
			bobKeys = await chain.rpc('author_rotateKeysWithOwner', api.createType('AccountId', bob.address).toHex());
			const setKeys = api.tx.session.setKeys(bobKeys.keys, bobKeys.proof);
			assert.equal((await chain.refused(eve, setKeys)).id, 'session.InvalidProof');
			assert.equal((await chain.refused(bob, api.tx.session.setKeys(bobKeys.keys, '0x'))).id, 'session.InvalidProof');
			await chain.send(bob, setKeys);
		});

		it('changes at the session after next, and the new validator earns the fees of its blocks', async () => {
			const { api, accounts } = chain;
			const { alice, bob } = accounts;
			const wanted = [alice.address, bob.address];
			const replaced = await chain.sudo(api.tx.validators.setValidators(wanted));
			assert.deepEqual(event(replaced, 'validators.SetReplaced'), { validators: wanted });
			const validators = async () => (await api.query.session.validators()).map(String);
			assert.deepEqual(await validators(), [alice.address]);

			const next = Math.ceil((replaced.number + 1) / SESSION) * SESSION;
			await chain.until(next + SESSION - 1);
			assert.deepEqual(await validators(), [alice.address]);
			await chain.until(next + SESSION);
			assert.deepEqual(await validators(), wanted);
			assert.equal((await api.query.aura.authorities()).length, 2);
			assert(await announcesVoters(next + SESSION));

			await chain.blocks(2);
			assert.equal(await voterSets(), 1);
			const before = await ledger(chain, { bob });
			const fees = [];
			for (let i = 0; i < 2; i++) fees.push((await chain.send(accounts.eve, api.tx.system.remark('0x'))).fee);
			const { bob: change } = changes(before, await ledger(chain, { bob })).accounts;
			assert(fees.includes(change.free), `one block of two is Bob’s: ${change.free} of ${fees}`);
		});
	});
});

describe('a chain specification', () => {
	const specification = async (...args) => {
		const { stdout } = await run(nodeBinary(), ['export-chain-spec', ...args], { maxBuffer: 1 << 28 });
		return JSON.parse(stdout);
	};

	it('is exported for both known chains', async () => {
		for (const [chain, id, type] of [
			['dev', 'candor_dev', 'Development'],
			['local', 'candor_local', 'Local'],
		]) {
			const spec = await specification('--chain', chain);
			assert.equal(spec.id, id);
			assert.equal(spec.chainType, type);
			assert.equal(spec.protocolId, 'candor');
			assert.deepEqual(spec.properties, { ss58Format: 42, tokenDecimals: 12, tokenSymbol: 'CNDR' });
		}
	});

	it('in raw form starts the same chain', async () => {
		const file = join(temporaryFolder('spec'), 'raw.json');
		await run(nodeBinary(), ['export-chain-spec', '--chain', 'dev', '--raw', '--output', file]);
		assert(JSON.parse(readFileSync(file, 'utf8')).genesis.raw);
		const start = async (...chain) => {
			const node = await startNode([...chain, '--block-time', '0']);
			return Chain.connect(node.url, node);
		};
		const [known, exported] = await Promise.all([
			start('--dev'),
			start('--chain', file, '--alice', '--force-authoring'),
		]);
		try {
			assert.equal(exported.genesis, known.genesis);
			await exported.blocks(1);
			assert.equal(await exported.height(), 1);
		} finally {
			await Promise.all([known.stop(), exported.stop()]);
		}
	});

	it('that is unknown is refused', async () => {
		await assert.rejects(() => run(nodeBinary(), ['export-chain-spec', '--chain', 'nowhere.json']), { code: 1 });
	});
});

describe('instant sealing', () => {
	it('is refused off development chains, with the way out', async () => {
		const folder = temporaryFolder('refused');
		const args = [
			'--chain',
			'local',
			'--alice',
			'--sealing',
			'instant',
			'--base-path',
			folder,
			'--rpc-port',
			'0',
			'--unsafe-force-node-key-generation',
		];
		await assert.rejects(
			() => run(nodeBinary(), [...args, '--listen-addr', '/ip4/127.0.0.1/tcp/0'], { timeout: 60_000 }),
			({ code, stderr }) => {
				assert.equal(code, 1);
				assert.match(stderr, /--sealing instant makes blocks without consensus/);
				return true;
			},
		);
	});
});
