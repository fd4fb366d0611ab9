// SPDX-License-Identifier: Apache-2.0

// Bytes and calls that nobody honest would send. The chain refuses them, nothing moves, and it goes on
// making blocks.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';

import { changes, ledger, MILLI, UNIT } from '../lib/balances.mjs';
import { Books, event, GROTH16, Market, provenance, schema } from '../lib/market.mjs';
import { hex } from '../lib/points.mjs';

const LINE = 4;
/** What the pool says about a call that does not decode: verification failed. */
const UNDECODABLE = 'transaction.1002';
/** What the pool says about a transaction that cannot be included. */
const INVALID = 'transaction.1010';

let market, chain, books;

before(async () => {
	market = await Market.start({}, 'hashed');
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'dave', 'eve', 'ferdie']);
});
after(() => market.stop());

// Whatever was sent, the chain is alive.
afterEach(async () => {
	const height = await chain.height();
	await chain.blocks(1);
	assert.equal(await chain.height(), height + 1);
});

/** The pool does not take these bytes. */
const notTaken = async (bytes) => {
	await assert.rejects(
		() => chain.rpc('author_submitExtrinsic', hex(bytes)),
		(error) => {
			assert.match(error.message, /^-?\d+: /, 'an error of the pool, with its number');
			return true;
		},
	);
};

describe('bytes that are no transaction', () => {
	it('are not taken by the pool', async () => {
		await books.idle(async () => {
			await notTaken(Buffer.alloc(0));
			for (const length of [1, 2, 31, 100, 5_000]) await notTaken(randomBytes(length));
			for (const byte of [0x00, 0x04, 0x84, 0xff]) await notTaken(Buffer.alloc(200, byte));
		});
	});

	it('that claim to be four gigabytes long are not taken', async () => {
		const [long, longer] = ['feffffff', '13ffffffffffffffff'].map((prefix) => Buffer.from(`${prefix}84`, 'hex'));
		await books.idle(async () => {
			await notTaken(long);
			await notTaken(longer);
			// A key, an output and a proof whose length prefixes lie.
			for (const call of [
				market.tx.circuits.register(GROTH16, '0x', schema(market.model), provenance()),
				market.tx.jobs.submit(0, '0x', '0x'),
			]) {
				const bytes = Buffer.from(call.method.toU8a());
				for (const prefix of ['feffffff', '13ffffffffffffffff', '02093d00']) {
					const at = call.method.section === 'circuits' ? 2 : 10;
					const lying = Buffer.concat([bytes.subarray(0, at), Buffer.from(prefix, 'hex'), bytes.subarray(at + 1)]);
					await notTaken(await signed(market.ferdie, lying));
				}
			}
		});
	});

	it('made of a valid transaction by flipping bits are not taken', async () => {
		const call = await market.tx.system.remark('0x1234').signAsync(market.ferdie);
		const bytes = Buffer.from(call.toU8a());
		await books.idle(async () => {
			for (let at = 2; at < bytes.length; at += 3) {
				const changed = Buffer.from(bytes);
				changed[at] ^= 1 << (at % 8);
				await notTaken(changed);
			}
		});
		// The untouched bytes are.
		await chain.rpc('author_submitExtrinsic', hex(bytes));
		await chain.blocks(1);
		assert.equal((await chain.api.query.system.account(market.ferdie.address)).nonce.toNumber(), 1);
		// And not a second time.
		await notTaken(bytes);
	});

	/** A signed transaction around call bytes that may be nonsense. */
	const signed = async (signer, call) => {
		const { api } = chain;
		const valid = await market.tx.system.remark('0x').signAsync(signer, { era: 0 });
		const head = valid.toU8a(true);
		const method = valid.method.toU8a();
		const payload = api.registry.createType(
			'ExtrinsicPayload',
			{
				...{ method: hex(method), era: '0x00', nonce: valid.nonce, tip: 0, mode: 0 },
				...{ specVersion: api.runtimeVersion.specVersion, transactionVersion: api.runtimeVersion.transactionVersion },
				...{ genesisHash: api.genesisHash, blockHash: api.genesisHash },
			},
			{ version: 4 },
		);
		const rest = Buffer.from(payload.toU8a({ method: true })).subarray(method.length);
		const message = Buffer.concat([call, rest]);
		const signature = signer.sign(message.length > 256 ? api.registry.hash(message) : message);
		// Version, address, kind of signature, signature, extensions, call.
		const before = 1 + 1 + 32 + 1;
		const body = Buffer.concat([
			head.subarray(0, before),
			signature,
			head.subarray(before + 64, head.length - method.length),
			call,
		]);
		return Buffer.concat([compact(body.length), body]);
	};

	const compact = (length) => Buffer.from(chain.api.registry.createType('Compact<u32>', length).toU8a());

	it('would be taken if the call in them were sound', async () => {
		const bytes = await signed(market.ferdie, Buffer.from(market.tx.system.remark('0x77').method.toU8a()));
		await chain.rpc('author_submitExtrinsic', hex(bytes));
		await chain.blocks(1);
	});
});

describe('vectors that are too long', () => {
	it('make a call undecodable', async () => {
		const { consts } = chain.api;
		const calls = {
			key: market.tx.circuits.register(
				GROTH16,
				`0x${'00'.repeat(consts.circuits.maxKeyBytes.toNumber() + 1)}`,
				schema(market.model),
				provenance(),
			),
			output: market.tx.jobs.submit(0, `0x${'00'.repeat(consts.jobs.maxOutputBytes.toNumber() + 1)}`, '0x'),
			proof: market.tx.jobs.submit(0, '0x', `0x${'00'.repeat(consts.jobs.maxProofBytes.toNumber() + 1)}`),
			input: await market.openCall(await market.commitment(LINE), {
				input: `0x${'00'.repeat(consts.jobs.maxInlineInput.toNumber() + 1)}`,
			}),
			metadata: market.tx.workers.setMetadata(`0x${'00'.repeat(257)}`),
			'a megabyte of key': market.tx.circuits.register(
				GROTH16,
				`0x${'00'.repeat(1 << 20)}`,
				schema(market.model),
				provenance(),
			),
		};
		for (const [what, call] of Object.entries(calls)) {
			await books.idle(async () => {
				assert.equal((await chain.turnedAway(market.eve, call)).id, UNDECODABLE, what);
			});
		}
	});

	it('at their bound are read, and refused for what is in them', async () => {
		const { consts } = chain.api;
		const key = `0x${'00'.repeat(consts.circuits.maxKeyBytes.toNumber())}`;
		const call = market.tx.circuits.register(GROTH16, key, schema(market.model), provenance());
		await books.refuses('eve', call, 'circuits.TooManyPublicInputs');
	});

	it('that no block has room for are not taken', async () => {
		await books.idle(async () => {
			const remark = market.tx.system.remark(`0x${'00'.repeat(4_000_000)}`);
			const refusal = await chain.turnedAway(market.eve, remark);
			assert.equal(refusal.id, INVALID);
			assert.match(refusal.docs, /exhaust the block limits/);
		});
	});
});

describe('calls in calls', () => {
	it('roll back together: a batch with one bad answer pays nothing', async () => {
		const [good, bad] = [await market.claimed(market.dave, LINE), await market.claimed(market.dave, LINE)];
		const answer = await market.answer(market.dave, good, LINE);
		const honest = market.submit(good, answer);
		const replay = market.submit(bad, answer);

		await books.refuses('dave', market.tx.utility.batchAll([honest, replay]), 'jobs.InvalidProof');
		assert.equal(Object.keys(await chain.view('jobs.jobStatus', good))[0], 'Claimed');
		// The same calls, both right: both are paid at once.
		const both = [honest, market.submit(bad, await market.answer(market.dave, bad, LINE))];
		const before = await ledger(chain, books.accounts);
		const included = await chain.send(market.dave, market.tx.utility.batchAll(both));
		assert.equal(included.events.filter(({ id }) => id === 'jobs.Settled').length, 2);
		const { accounts, issuance } = changes(before, await ledger(chain, books.accounts));
		assert.equal(accounts.dave.free, 2n * 1_700n * MILLI - included.fee);
		assert.equal(accounts.pot.free, 2n * 200n * MILLI);
		assert.equal(issuance, -2n * 100n * MILLI);
	});

	it('cannot pay one job twice in one batch', async () => {
		const job = await market.claimed(market.dave, LINE);
		const call = market.submit(job, await market.answer(market.dave, job, LINE));
		await books.refuses('dave', market.tx.utility.batchAll([call, call]), 'jobs.UnknownJob');
		const included = await chain.send(market.dave, market.tx.utility.forceBatch([call, call]));
		assert.equal(included.events.filter(({ id }) => id === 'jobs.Settled').length, 1);
	});

	it('keep the signer: a wrapped call is as much Eve’s as a bare one', async () => {
		const job = await market.claimed(market.dave, LINE);
		const answer = await market.answer(market.dave, job, LINE);
		const call = market.submit(job, answer);
		await books.refuses('eve', market.tx.utility.batchAll([call]), 'jobs.NotClaimant');
		await books.refuses('eve', market.tx.utility.asDerivative(0, call), 'jobs.NotClaimant');
		const freeze = market.tx.utility.batchAll([market.tx.circuits.freeze(market.circuit)]);
		const refusal = await chain.refused(market.eve, freeze);
		assert.equal(refusal.id, 'dispatch.BadOrigin');
		assert.equal((await chain.refused(market.eve, market.tx.sudo.sudo(freeze))).id, 'sudo.RequireSudo');
		await chain.send(market.dave, market.tx.utility.batchAll([call]));
	});

	it('nested too deep are not taken', async () => {
		let call = market.tx.system.remark('0x00');
		for (let depth = 0; depth < 300; depth++) call = market.tx.utility.batchAll([call]);
		const { id, docs } = await chain.turnedAway(market.eve, call);
		assert.equal(id, INVALID);
		assert.match(docs, /call is not expected/);
	});
});

describe('a proxy', () => {
	before(async () => {
		const { tx, dave, ferdie } = market;
		await chain.send(dave, tx.proxy.addProxy(ferdie.address, 'Worker', 0));
	});

	/** The proxied call's own result. */
	const proxied = async (call) => {
		const wrapped = market.tx.proxy.proxy(market.dave.address, null, call);
		const included = await chain.send(market.ferdie, wrapped);
		const records = await (await chain.api.at(included.block)).query.system.events();
		const { event } = records.find(({ event }) => event.section === 'proxy' && event.method === 'ProxyExecuted');
		return { ...included, result: event.data[0] };
	};

	it('of kind Worker claims and answers for the worker, who is paid', async () => {
		const job = await market.open(await market.commitment(LINE));
		assert((await proxied(market.tx.jobs.claim(job))).result.isOk);
		const answer = await market.answer(market.dave, job, LINE);
		const before = await ledger(chain, books.accounts);
		const included = await proxied(market.submit(job, answer));
		assert.equal(event(included, 'jobs.Settled').worker, market.dave.address);
		const { accounts } = changes(before, await ledger(chain, books.accounts));
		assert.equal(accounts.dave.total, 1_700n * MILLI);
		assert.equal(accounts.ferdie.total, -included.fee);
	});

	it('of kind Worker cannot touch money, bond or proxies, bare or wrapped', async () => {
		const { tx, ferdie } = market;
		const calls = [
			tx.balances.transferAllowDeath(ferdie.address, UNIT),
			tx.workers.bondMore(UNIT),
			tx.workers.unbond(UNIT),
			tx.workers.deregister(),
			tx.workers.setMetadata('0x'),
			tx.proxy.addProxy(ferdie.address, 'Any', 0),
			tx.utility.batchAll([tx.balances.transferAllowDeath(ferdie.address, UNIT)]),
			tx.jobs.cancel(0),
		];
		for (const call of calls) {
			const before = await ledger(chain, books.accounts);
			const { result, fee } = await proxied(call);
			const name = `${call.method.section}.${call.method.method}`;
			assert(result.isErr, name);
			const error = result.asErr;
			assert(error.isModule, `${name}: ${error}`);
			assert.equal(chain.api.registry.findMetaError(error.asModule).name, 'CallFiltered', name);
			const { accounts } = changes(before, await ledger(chain, books.accounts));
			assert.equal(accounts.dave.total, 0n, name);
			assert.equal(accounts.ferdie.total, -fee, name);
		}
	});

	it('of kind Worker hands a job back, at the worker’s cost', async () => {
		const job = await market.claimed(market.dave, LINE);
		const { result, ...included } = await proxied(market.tx.jobs.decline(job));
		assert(result.isOk);
		assert.equal(event(included, 'jobs.Declined').worker, market.dave.address);
	});

	it('is refused to strangers', async () => {
		const call = market.tx.proxy.proxy(market.dave.address, null, market.tx.jobs.claim(0));
		await books.refuses('eve', call, 'proxy.NotProxy');
	});
});
