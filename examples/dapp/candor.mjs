// SPDX-License-Identifier: Apache-2.0

// What a dApp needs of Candor beside polkadot.js: the functions of docs/dapps.md, where they are explained one by one. A
// test compares.

import { u8aConcat, u8aToHex } from '@polkadot/util';
import { buildPoseidonOpt } from 'circomlibjs';

const failure = (message, facts) => Object.assign(new Error(message), facts);

/** How a transaction ends that no block includes, or none for good. */
const GIVEN_UP = {
	Usurped: 'another transaction of the account with the same nonce has taken its place',
	Dropped: 'the pool was full and has dropped it',
	Invalid: 'it is no longer valid: its nonce is used, its time is over, or the account cannot pay for it',
	FinalityTimeout: 'its block was not final after 512 others: finality has stalled',
};

/**
 * What can be asked of a chain, and sent to it.
 *
 * @param {import('@polkadot/api').ApiPromise} api
 */
export const market = (api) => {
	const view = async (pallet, name, ...args) => {
		const { viewFunctions } = api.registry.metadata.pallets.find((entry) => entry.name.eq(pallet));
		const { id, inputs, output } = viewFunctions.find((entry) => entry.name.eq(name));
		const type = (id) => api.registry.createLookupType(id);
		const bytes = inputs.map((input, at) => api.createType(type(input.type), args[at]).toU8a());
		const result = await api.call.runtimeViewFunction.executeViewFunction(id.toU8a(), u8aToHex(u8aConcat(...bytes)));
		return api.createType(type(output), result.asOk.toU8a(true));
	};

	const explain = (error) => {
		if (!error.isModule) return { name: error.type, meaning: error.toString() };
		const { section, name, docs, fields } = api.registry.findMetaError(error.asModule);
		let rest = error.asModule.error.slice(1);
		const details = {};
		for (const { name: field, type } of fields) {
			const value = api.createType(api.registry.createLookupType(type), rest);
			details[field.unwrap().toString()] = value.toPrimitive();
			rest = rest.slice(value.encodedLength);
		}
		return { name: `${section}.${name}`, meaning: docs.join(' '), details };
	};

	/**
	 * Signs, sends, and waits until the transaction is final, or with `final: false` until a block includes it. Gives its
	 * events, or throws: the typed refusal of a call that failed; what the pool says, and under which status it gave up;
	 * `Disconnected` or `Timeout` where nothing is heard any more. After these two, look at the chain before sending again.
	 */
	const send = (signer, call, { final = true, patience = 300_000 } = {}) => {
		const undo = [];
		return new Promise((done, fail) => {
			const lost = () =>
				fail(failure('the connection was lost before the end of the transaction', { name: 'Disconnected' }));
			api.once('disconnected', lost);
			const timer = setTimeout(() => fail(failure(`no end of it after ${patience} ms`, { name: 'Timeout' })), patience);
			undo.push(
				() => clearTimeout(timer),
				() => api.off('disconnected', lost),
			);

			call
				.signAndSend(signer, ({ status, events, dispatchError, txHash }) => {
					const transaction = txHash.toHex();
					const meaning = GIVEN_UP[status.type];
					if (meaning) fail(failure(`${status.type}: ${meaning}`, { name: status.type, meaning, transaction }));
					// Ready, Broadcast and Retracted are no ends: after the last, the transaction is in the pool again.
					if (!status.isFinalized && (final || !status.isInBlock)) return;
					if (dispatchError) fail(failure('refused', { ...explain(dispatchError), transaction }));
					else done(events.map(({ event }) => event));
				})
				.then((unsubscribe) => undo.push(unsubscribe), fail);
		}).finally(() => undo.forEach((step) => step()));
	};

	const finalised = async () =>
		(await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();

	/** Waits until a block is final. */
	const final = async (number, patience = 300_000) => {
		let head = await finalised();
		for (let until = Date.now() + patience; head < number;) {
			if (Date.now() > until) throw failure(`no block has become final since block ${head}`, { name: 'Stalled' });
			await new Promise((wake) => setTimeout(wake, 500));
			const now = await finalised();
			if (now > head) until = Date.now() + patience;
			head = now;
		}
		return head;
	};

	/** A block's state, and what happened in it; `null` where the node has pruned it. */
	const stateOf = async (number) => {
		try {
			const { query } = await api.at(await api.rpc.chain.getBlockHash(number));
			return { query, events: (await query.system.events()).map(({ event }) => event) };
		} catch (error) {
			if (/State already discarded/.test(error.message)) return null;
			throw error;
		}
	};

	/** Waits until a job has ended, and gives the event that says how. The job was open at some time since `from`. */
	const ended = async (job, from) => {
		const { Settled, Refunded } = api.events.jobs;
		let pruned = false;
		for (let number = from; ; number++) {
			const head = await final(number);
			const state = await stateOf(number);
			pruned ||= !state;
			const end = state?.events.find((event) => (Settled.is(event) || Refunded.is(event)) && event.data.job.eq(job));
			if (end) return end;
			if (number < head) continue;

			if (pruned && state && (await state.query.jobs.jobs(job)).isNone) {
				throw failure(`job ${job} ended between blocks ${from} and ${number}, in one whose state is gone`, {
					name: 'Pruned',
				});
			}
			if ((await view('Jobs', 'next_action', job)).isExpire) {
				throw failure(`nobody can answer job ${job} any more: expire it`, { name: 'Lapsed' });
			}
		}
	};

	return { view, explain, send, ended };
};

/**
 * From features to bytes: the number of a feature's cuts that lie below it, for trees; otherwise `round(x / scale) + zero
 * point`. A value outside of what the model was calibrated for has no byte of its own, and the answer would be that to
 * another input: better not to pay for it.
 */
export const quantise = ({ input, input_len: length, feature_names: names }, features) => {
	if (features.length !== length) throw new RangeError(`${length} features are expected, not ${features.length}`);
	return Uint8Array.from(features, (x, at) => {
		if (!Number.isFinite(x)) throw new RangeError(`feature ${names?.[at] ?? at + 1} is ${x}`);
		if (input.cuts) return input.cuts.features[at].filter((cut) => cut < x).length;
		const { scale, zero_point: zero } = input.per_tensor ? input.per_tensor.feature : input.per_feature.features[at];
		const byte = Math.round(x / scale) + zero;
		if (byte >= 0 && byte <= 255) return byte;
		const [low, high] = [-zero * scale, (255 - zero) * scale];
		throw new RangeError(`feature ${names?.[at] ?? at + 1} is ${x}, calibrated from ${low} to ${high}`);
	});
};

const poseidon = await buildPoseidonOpt();
const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);

/** The commitment to an input, 32 bytes as hex. */
export const commit = (bytes, blinder = 0n) => {
	const words = [];
	for (let at = 0; at < bytes.length; at += 31) words.push(littleEndian(bytes.slice(at, at + 31)));
	words.push(blinder);

	const initial = new Uint8Array(31);
	initial.set(new TextEncoder().encode('candor/input/v1'));
	new DataView(initial.buffer).setBigUint64(23, BigInt(words.length), true);

	let state = poseidon.F.e(littleEndian(initial));
	for (let at = 0; at < words.length; at += 16) {
		const group = Array.from({ length: 16 }, (_, i) => poseidon.F.e(words[at + i] ?? 0n));
		state = poseidon(group, state);
	}
	const digits = poseidon.F.toObject(state).toString(16).padStart(64, '0');
	return `0x${digits.match(/../g).reverse().join('')}`;
};
