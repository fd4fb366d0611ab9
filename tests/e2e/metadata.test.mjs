// SPDX-License-Identifier: Apache-2.0

// What a dApp finds in the metadata: calls, events, errors and view functions, all of them explained
// and decodable without any type definitions of its own.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { inputBytes } from '../lib/artifacts.mjs';
import { MILLI, UNIT } from '../lib/balances.mjs';
import {
	BOND,
	GROTH16,
	LIFETIME,
	Market,
	MAX_BOUNTY,
	PRICE,
	PROVING_PERIOD,
	usualProvenance,
	ROYALTY,
} from '../lib/market.mjs';

const PALLETS = ['Circuits', 'Models', 'Workers', 'Jobs'];
const LINE = 2;

let market, chain, api;

before(async () => {
	market = await Market.start({}, 'hashed');
	({ chain } = market);
	({ api } = chain);
});
after(() => market.stop());

const pallet = (name) => api.registry.metadata.pallets.find((pallet) => `${pallet.name}` === name);
const variants = (type) => api.registry.lookup.getSiType(type.unwrap().type).def.asVariant.variants;

describe('the metadata', () => {
	it('is offered in versions 14 to 16', async () => {
		const versions = (await api.call.metadata.metadataVersions()).map((version) => version.toNumber());
		for (const version of [14, 15, 16]) assert(versions.includes(version), `${versions}`);
		assert.equal(api.runtimeMetadata.version, 16);
	});

	it('explains every call, event, error, constant and storage item of the market', () => {
		for (const name of PALLETS) {
			const { calls, events, errors, constants, storage } = pallet(name);
			const items = [calls, events, errors].flatMap((type) => [...variants(type)]);
			const all = [...items, ...constants, ...storage.unwrap().items];
			for (const item of all) {
				assert(item.docs.join('').trim().length > 10, `${name}.${item.name} is not explained`);
			}
		}
	});

	it('names the calls, events and errors that dApps rely on', () => {
		const names = (type) => variants(type).map(({ name }) => `${name}`);
		const { calls, events, errors } = pallet('Jobs');
		assert.deepEqual(names(calls), [
			'open',
			'cancel',
			'claim',
			'submit',
			'expire',
			'submit_batch',
			'decline',
			'open_batch',
		]);
		for (const event of [
			'Opened',
			'Claimed',
			'Declined',
			'Settled',
			'Skipped',
			'Forfeited',
			'Reopened',
			'Refunded',
			'Cancelled',
		]) {
			assert(names(events).includes(event), event);
		}
		for (const error of [
			'InvalidProof',
			'NotClaimant',
			'UnknownJob',
			'DeadlinePassed',
			'BadItem',
			'InvalidBatch',
			'MoreThanDeclared',
		]) {
			assert(names(errors).includes(error), error);
		}
	});

	it('gives the fields of calls names', () => {
		const args = api.tx.jobs.open.meta.args.map(({ name }) => `${name}`);
		assert.deepEqual(args, [
			'model',
			'version',
			'inputCommitment',
			'input',
			'price',
			'tier',
			'demands',
			'provingPeriod',
			'deadline',
		]);
	});

	it('gives the constants of the market', () => {
		const { jobs, workers, models } = api.consts;
		assert.equal(jobs.protocolFee.toNumber(), 50_000);
		assert.equal(jobs.bondShare.toNumber(), 500_000);
		assert.equal(jobs.bountyShare.toNumber(), 500_000);
		assert.equal(jobs.maxBounty.toBigInt(), MAX_BOUNTY);
		assert.equal(jobs.declinePenalty.toNumber(), 50_000);
		assert.equal(jobs.minPrice.toBigInt(), 10n * MILLI);
		assert.equal(jobs.minJobBond.toBigInt(), 100n * MILLI);
		assert.equal(jobs.maxNamedWorkers.toNumber(), 8);
		assert.equal(jobs.maxInlineInput.toNumber(), 4096);
		assert.equal(jobs.maxProofBytes.toNumber(), 320);
		assert.equal(jobs.maxInputs.toNumber(), 256);
		assert.equal(jobs.maxBatch.toNumber(), 256);
		assert.equal(workers.minBond.toBigInt(), 10n * UNIT);
		assert.equal(workers.epochLength.toNumber(), 14_400);
		assert.equal(workers.prior.toBigInt(), UNIT);
		assert.equal(workers.maxFromRequester.toBigInt(), 2n * UNIT);
		assert.equal(models.maxRoyalty.toNumber(), 500_000);
		assert.equal(models.maxProofBytes.toNumber(), 320);
	});

	it('tells wallets the currency', () => {
		assert.deepEqual([...api.registry.chainTokens], ['CNDR']);
		assert.deepEqual([...api.registry.chainDecimals], [12]);
		assert.equal(api.registry.chainSS58, 42);
	});
});

describe('a view function', () => {
	it('is explained', () => {
		const names = Object.entries(chain.views).flatMap(([pallet, views]) =>
			Object.entries(views).map(([name, { docs }]) => {
				assert(docs.length > 10, `${pallet}.${name} is not explained`);
				return `${pallet}.${name}`;
			}),
		);
		for (const name of [
			'circuits.circuit',
			'jobs.canClaim',
			'jobs.canSubmit',
			'jobs.declinePenalty',
			'jobs.distinct',
			'jobs.job',
			'jobs.jobStatus',
			'jobs.nextAction',
			'jobs.quote',
			'jobs.wouldSettle',
			'models.canRegister',
			'models.royaltyOwed',
			'models.versions',
			'workers.reputation',
			'workers.whyScore',
			'workers.worker',
		]) {
			assert(names.includes(name), `${name} is missing among ${names}`);
		}
	});

	it('circuits.circuit tells proof system, schema, what is declared of its origin, attestation, freezes and references', async () => {
		const circuit = await chain.view('circuits.circuit', market.circuit);
		assert.equal(circuit.depositor, market.bob.address);
		assert.equal(circuit.system, BigInt(GROTH16));
		assert.deepEqual(circuit.schema, { InferenceV1: { inputLen: 64n, outputLen: 40n } });
		assert.deepEqual(circuit.provenance, usualProvenance(market.model));
		assert.equal(circuit.attested, false);
		assert.deepEqual([circuit.frozenAt, circuit.paused], [null, 0n]);
		assert.equal(circuit.references, 1n);
		assert.equal(await chain.view('circuits.circuit', `0x${'22'.repeat(32)}`), null);
	});

	it('jobs.quote divides a price, rounded in the worker’s favour', async () => {
		const { model, version } = market.sold;
		const price = PRICE + 7n;
		const { Ok: quote } = await chain.view('jobs.quote', model, version, price);
		const royalty = (price * BigInt(ROYALTY)) / 1_000_000n;
		const fee = (price * 50_000n) / 1_000_000n;
		assert.deepEqual(quote, {
			payout: price - royalty - fee,
			royalty,
			fee,
			bond: (price + 1n) / 2n,
			setup: 'Ceremony',
		});
		assert.equal(await chain.objection('jobs.quote', 9, 1, price), 'jobs.UnknownModel');
	});

	it('jobs.job tells all terms of a job', async () => {
		const input = `0x${inputBytes(market.model, LINE).toString('hex')}`;
		const commitment = await market.commitment(LINE);
		const job = await market.open(commitment, { input, demands: { minReputation: 5 } });
		const opened = BigInt(await chain.height());
		const { ticket, ...terms } = await chain.view('jobs.job', job);
		assert(ticket !== undefined);
		assert.deepEqual(terms, {
			requester: market.charlie.address,
			...market.sold,
			circuit: market.circuit,
			modelCommitment: { Scalar: market.model.commitment },
			royalty: BigInt(ROYALTY),
			fee: 50_000n,
			inputCommitment: commitment,
			input,
			outputLen: 40n,
			price: { Fixed: PRICE },
			tier: 'Proven',
			demands: { who: 'Anyone', minReputation: 5n, setup: 'Ceremony' },
			provingPeriod: BigInt(PROVING_PERIOD),
			deadline: opened + BigInt(LIFETIME),
			opened,
			standstill: 0n,
			withheld: 0n,
			bounty: 0n,
			state: 'Open',
		});
	});

	it('jobs.canClaim and jobs.canSubmit give the same reasons as the calls', async () => {
		const job = await market.open(await market.commitment(LINE));
		const { dave, ferdie } = market;
		const output = `0x${'00'.repeat(40)}`;
		const proof = `0x${'00'.repeat(256)}`;
		assert.equal(await chain.objection('jobs.canClaim', job, ferdie.address), 'jobs.NotRegistered');
		assert.equal(await chain.objection('jobs.canSubmit', job, dave.address, output, proof), 'jobs.NotClaimed');
		await market.claim(dave, job);
		assert.equal(await chain.objection('jobs.canClaim', job, dave.address), 'jobs.AlreadyClaimed');
		assert.equal(await chain.objection('jobs.canSubmit', job, ferdie.address, output, proof), 'jobs.NotClaimant');
		assert.equal(await chain.objection('jobs.canSubmit', job, dave.address, output, proof), 'jobs.MalformedProof');
		assert.equal(await chain.objection('jobs.canSubmit', job, dave.address, '0x00', proof), 'jobs.WrongOutputLength');
		assert.equal(await chain.objection('jobs.canSubmit', 999, dave.address, output, proof), 'jobs.UnknownJob');
	});

	it('workers.worker and workers.reputation describe a worker', async () => {
		const worker = await chain.view('workers.worker', market.eve.address);
		const metadata = `0x${Buffer.from('a worker of the tests').toString('hex')}`;
		assert.deepEqual(worker, { bond: BOND, locked: 0n, openJobs: 0n, metadata });
		assert.equal(await chain.view('workers.worker', market.ferdie.address), null);
		assert.deepEqual(await chain.view('workers.reputation', market.ferdie.address), {
			settled: 0n,
			failed: 0n,
			declined: 0n,
			excused: 0n,
			earned: 0n,
			score: 0n,
		});
	});

	it('workers.whyScore tells what speaks for a worker and against it, and whose jobs that was', async () => {
		const { fadesIn, ...why } = await chain.view('workers.whyScore', market.ferdie.address);
		assert.deepEqual(why, { score: 0n, good: 0n, bad: 0n, prior: UNIT, requesters: [], cap: 2n * UNIT });
		assert(0n < fadesIn && fadesIn <= 14_400n);
	});

	it('circuits.circuit tells since when a circuit is frozen, and for how long it was', async () => {
		const state = async () => {
			const { frozenAt, paused } = await chain.view('circuits.circuit', market.circuit);
			return { frozenAt, paused };
		};
		const frozen = await chain.sudo(market.tx.circuits.freeze(market.circuit));
		assert.deepEqual(await state(), { frozenAt: BigInt(frozen.number), paused: 0n });
		await chain.blocks(3);
		const unfrozen = await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
		assert.deepEqual(await state(), { frozenAt: null, paused: BigInt(unfrozen.number - frozen.number) });
	});

	it('answers about an older block, too', async () => {
		const job = await market.open(await market.commitment(LINE));
		const block = await api.rpc.chain.getBlockHash();
		await chain.send(market.charlie, market.tx.jobs.cancel(job));
		assert.equal(await chain.view('jobs.jobStatus', job), 'Ended');
		const then = await chain.at(block);
		assert.equal(Object.keys(await then.view('jobs.jobStatus', job))[0], 'Open');
	});

	it('that does not exist is refused', async () => {
		const result = await api.call.runtimeViewFunction.executeViewFunction(new Uint8Array(32), '0x');
		assert(result.isErr);
	});
});
