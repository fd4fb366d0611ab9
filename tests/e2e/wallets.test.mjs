// SPDX-License-Identifier: Apache-2.0

// Wallets that show what they sign: they are given the metadata in pieces, and sign its hash, which the
// runtime compares with its own.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';

import { UNIT } from '../lib/balances.mjs';
import { ALL_IN_COMMON, Books, event, Market, PRICE } from '../lib/market.mjs';
import { hex } from '../lib/points.mjs';

const LINE = 1;
const AMOUNT = 77n * UNIT;
/** The version of the metadata that wallets' hashes are made of. */
const VERSION = 15;
/** What the pool says about a transaction that cannot be included. */
const INVALID = 'transaction.1010';
/** `CheckMetadataHash` with a hash, and without. */
const ON = 1;
const OFF = 0;

let market, chain, api, books, metadata, currency;

before(async () => {
	market = await Market.start();
	({ chain } = market);
	({ api } = chain);
	books = new Books(chain, ['charlie', 'ferdie']);
	metadata = (await api.call.metadata.metadataAtVersion(VERSION)).unwrap().toU8a(true);
	currency = { decimals: api.registry.chainDecimals[0], tokenSymbol: api.registry.chainTokens[0] };
});
after(() => market.stop());

/** The hash of the metadata with what a wallet knows of the currency. */
const digest = (known = currency) => hex(merkleizeMetadata(metadata, known).digest());
const transfer = () => market.tx.balances.transferKeepAlive(market.ferdie.address, AMOUNT);

describe('a wallet that signs the hash of the metadata', () => {
	it('moves money', async () => {
		const options = { mode: ON, metadataHash: digest() };
		await books.moves('charlie', () => chain.send(market.charlie, transfer(), options), {
			charlie: { free: -AMOUNT },
			ferdie: { free: AMOUNT },
		});
	});

	it('opens a job, which is claimed by one that does not', async () => {
		const call = await market.openCall(await market.commitment(LINE));
		const opened = await chain.send(market.charlie, call, { mode: ON, metadataHash: digest() });
		const { job, price } = event(opened, 'jobs.Opened');
		assert.deepEqual(price, { Fixed: PRICE });
		await market.claim(market.dave, job);
	});

	it('is given proofs of what it shows, for every call of the market', async () => {
		const wallet = merkleizeMetadata(metadata, currency);
		const commitment = await market.commitment(LINE);
		const run = { job: 0n, output: '0x00' };
		const answer = { worker: market.dave.address, runs: [run], places: 1, proof: '0x00' };
		const calls = [
			await market.openCall(commitment),
			await market.openBatchCall([{ commitment, posted: market.zeros }]),
			market.tx.jobs.cancel(0),
			market.tx.jobs.claim(0),
			market.tx.jobs.submit(0, '0x00', '0x00'),
			market.tx.jobs.submitBatch([answer], ALL_IN_COMMON),
			market.tx.jobs.expire(0),
			market.tx.jobs.decline(0),
			market.tx.workers.register(UNIT, '0x'),
			market.tx.models.transferOwnership(0, market.dave.address),
			market.tx.circuits.attest(market.circuit),
		];
		for (const call of calls) {
			const signed = await call.signAsync(market.charlie, { mode: ON, metadataHash: digest(), era: 0 });
			assert(wallet.getProofForExtrinsic(signed.toU8a()).length > 0, `${call.method.section}.${call.method.method}`);
		}
	});
});

describe('a signature is refused', () => {
	/** The pool takes it for a signature of something else. */
	const refuses = async (options) => {
		await books.idle(async () => {
			const { id, docs } = await chain.turnedAway(market.charlie, transfer(), options);
			assert.equal(id, INVALID);
			assert.match(docs, /bad signature/);
		});
	};

	it('when the wallet was shown another currency', async () => {
		for (const known of [
			{ ...currency, decimals: currency.decimals - 6 },
			{ ...currency, tokenSymbol: 'DOT' },
		]) {
			await refuses({ mode: ON, metadataHash: digest(known) });
		}
	});

	it('when the hash is no hash of metadata', async () => {
		for (const byte of ['00', 'ab', 'ff']) await refuses({ mode: ON, metadataHash: `0x${byte.repeat(32)}` });
	});

	it('when the hash is signed and the transaction does not say so', async () => {
		await refuses({ mode: OFF, metadataHash: digest() });
	});

	it('and the same without a hash is as good as ever', async () => {
		await chain.send(market.charlie, transfer(), { mode: OFF });
	});
});
