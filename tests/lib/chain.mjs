// SPDX-License-Identifier: Apache-2.0

// A chain as a dApp sees it, through @polkadot/api: transactions, typed refusals, view functions, money.

import { setTimeout as sleep } from 'node:timers/promises';

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { u8aConcat, u8aToHex } from '@polkadot/util';

import { startDevNode } from './node.mjs';

const CONNECT_TIMEOUT = 30_000;
const TRANSACTION_TIMEOUT = 60_000;
const CLOSE_TIMEOUT = 2_000;
const POLL = 50;
/** Blocks between the one as of which a transaction is signed and the newest one, as `candor` does it. */
const BIRTH_DEPTH = 8;
/** Blocks in which a transaction can be included. */
const ERA = 64;

/** Transaction extensions that say nothing in the transaction; unknown ones would be warned of. */
const EXTENSIONS = { CheckAdmission: { extrinsic: {}, payload: {} } };

/** Names of the development accounts, each with an account `//Name`. */
const NAMES = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'];

/** The pool's refusal of a transaction that it has. */
const ALREADY_IMPORTED = 'transaction.1013';

/** A transaction that was included and failed, or was not even included. */
export class Refusal extends Error {
	/**
	 * @param {string} section the pallet, or the kind of error where it is none of a pallet's
	 * @param {string} name the error
	 * @param {string} docs what it means
	 * @param {Included} [included] where the failure was recorded
	 * @param {object} [details] the error's fields, in plain JavaScript
	 */
	constructor(section, name, docs, included, details = {}) {
		super(`${section}.${name}: ${docs}`);
		this.section = section;
		this.reason = name;
		this.docs = docs;
		this.included = included;
		this.details = details;
	}

	/** The typed reason, as `pallet.Error`. */
	get id() {
		return `${this.section}.${this.reason}`;
	}
}

/**
 * @typedef {object} Included
 * @property {string} hash the transaction
 * @property {string} block the block's hash
 * @property {number} number the block's number
 * @property {Array} events the events of the transaction
 * @property {bigint} fee what it cost its signer
 */

/**
 * A dispatch error as a refusal.
 *
 * @param {ApiPromise} api
 * @param {import('@polkadot/types/interfaces').DispatchError} error
 * @param {Included} [included]
 * @returns {Refusal}
 */
export const refusalOf = (api, error, included) => {
	if (error.isModule) {
		const { section, name, docs, fields } = api.registry.findMetaError(error.asModule);
		return new Refusal(section, name, docs.join(' '), included, detailsOf(api, fields, error.asModule.error));
	}
	const detail = error.value?.type;
	return detail
		? new Refusal(lowerFirst(error.type), detail, '', included)
		: new Refusal('dispatch', error.type, '', included);
};

/** The fields of a pallet's error, which follow its number in the four bytes of an error. */
const detailsOf = (api, fields, bytes) => {
	let rest = bytes.slice(1);
	return Object.fromEntries(
		fields.map(({ name, type }) => {
			const value = api.createType(api.registry.createLookupType(type), rest);
			rest = rest.slice(value.encodedLength);
			return [`${name.unwrap()}`, plain(value)];
		}),
	);
};

/**
 * A decoded value in plain JavaScript: numbers as bigint, bytes as hex, accounts as addresses, enums
 * without a value as their name and others as `{ Name: value }`, fields in camel case.
 *
 * @param {import('@polkadot/types/types').Codec} codec
 * @returns {any}
 */
export const plain = (codec) => {
	if (codec === null || codec === undefined) return null;
	const raw = codec.toRawType();
	if (typeof codec.toBigInt === 'function') return codec.toBigInt();
	if (raw === 'bool') return codec.isTrue;
	if ('isSome' in codec) return codec.isSome ? plain(codec.unwrap()) : null;
	if ('isOk' in codec && 'isErr' in codec) {
		return codec.isOk ? { Ok: plain(codec.asOk) } : { Err: plain(codec.asErr) };
	}
	if ('isBasic' in codec && 'defKeys' in codec) {
		return codec.isBasic || codec.value.toRawType() === 'Null' ? codec.type : { [codec.type]: plain(codec.value) };
	}
	if (raw === 'AccountId' || raw === 'Text' || raw === 'Type') return codec.toString();
	if (raw === 'Null') return null;
	if (codec instanceof Uint8Array) return codec.toHex();
	if (codec instanceof Map) {
		return Object.fromEntries([...codec.entries()].map(([key, value]) => [`${key}`, plain(value)]));
	}
	if (Array.isArray(codec)) return codec.map(plain);
	return codec.toPrimitive();
};

/** The fields of an event by name, in plain JavaScript. */
const fieldsOf = (event) =>
	Object.fromEntries(event.data.names?.map((name, at) => [name, plain(event.data[at])]) ?? []);

/** The view functions that the metadata offers, by pallet and name, as they answer at `api` or `past`. */
const viewsOf = (api, past = api) =>
	Object.fromEntries(
		api.registry.metadata.pallets
			.filter((pallet) => pallet.viewFunctions.length > 0)
			.map((pallet) => [
				lowerFirst(`${pallet.name}`),
				Object.fromEntries(pallet.viewFunctions.map((view) => [camelCase(`${view.name}`), viewOf(api, past, view)])),
			]),
	);

const viewOf = (api, past, view) => {
	const typeOf = (id) => api.registry.createLookupType(id);
	const call = async (...args) => {
		const input = view.inputs.map(({ type }, at) => api.registry.createType(typeOf(type), args[at]).toU8a());
		const result = await past.call.runtimeViewFunction.executeViewFunction(
			view.id.toU8a(),
			u8aToHex(u8aConcat(...input)),
		);
		if (result.isErr) throw new Error(`view function ${view.name}: ${result.asErr}`);
		return api.registry.createType(typeOf(view.output), result.asOk.toU8a(true));
	};
	return Object.assign(call, { docs: view.docs.map(String).join('\n').trim() });
};

const lowerFirst = (text) => text.charAt(0).toLowerCase() + text.slice(1);
const camelCase = (text) => text.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** A connection to a node. */
export class Chain {
	/**
	 * @param {ApiPromise} api
	 * @param {import('./node.mjs').Node} [node] the node, if it is this chain's own
	 */
	constructor(api, node) {
		this.api = api;
		this.node = node;
		this.genesis = api.genesisHash.toHex();
		this.views = viewsOf(api);
		const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 });
		/** The development accounts: alice, bob, charlie, dave, eve, ferdie. */
		this.accounts = Object.fromEntries(NAMES.map((name) => [name.toLowerCase(), keyring.addFromUri(`//${name}`)]));
		this.keyring = keyring;
	}

	/**
	 * Start a development chain of its own.
	 *
	 * @param {object} [options] see `startDevNode`
	 * @returns {Promise<Chain>}
	 */
	static async start(options) {
		const node = await startDevNode(options);
		return Chain.connect(node.url, node);
	}

	/**
	 * Connect to a node.
	 *
	 * @param {string} url
	 * @param {import('./node.mjs').Node} [node] stopped together with this connection
	 * @returns {Promise<Chain>}
	 */
	static async connect(url, node) {
		const provider = new WsProvider(url, 1000, {}, CONNECT_TIMEOUT);
		const api = await ApiPromise.create({
			provider,
			noInitWarn: true,
			signedExtensions: EXTENSIONS,
			throwOnConnect: true,
		});
		return new Chain(api, node);
	}

	/** Disconnect, and stop the chain's own node. */
	async stop() {
		await this.#disconnect();
		await this.node?.stop();
	}

	/**
	 * The same, and check that the books balance in the chain's last state.
	 *
	 * @throws {Error} if they do not
	 */
	async close() {
		await this.#disconnect();
		await this.node.close();
	}

	async #disconnect() {
		// The node must not vanish before the connection is closed.
		const closed = new Promise((done) => this.api.once('disconnected', done));
		await this.api.disconnect();
		await Promise.race([closed, sleep(CLOSE_TIMEOUT, undefined, { ref: false })]);
	}

	/**
	 * Every call of the runtime, each with arguments as simple as can be; without reports of equivocations,
	 * of which there is no simple one.
	 *
	 * @param {import('@polkadot/api/types').SubmittableExtrinsic} inner what calls in calls are
	 * @returns {Map<string, import('@polkadot/api/types').SubmittableExtrinsic>} by names as documents give
	 *   them: `Jobs.submit_batch`
	 */
	everyCall(inner) {
		const { registry, tx } = this.api;
		const argument = ({ type, typeName }) => {
			const name = registry.createLookupType(type);
			if (!/RuntimeCall>*$/.test(`${typeName}`)) return registry.createType(name);
			return registry.createType(name, `${typeName}`.startsWith('Vec') ? [inner] : inner);
		};
		const pallets = registry.metadata.pallets.filter(({ calls }) => calls.isSome);
		const calls = new Map();
		for (const pallet of pallets) {
			for (const { name, fields } of registry.lookup.getSiType(pallet.calls.unwrap().type).def.asVariant.variants) {
				if (`${name}`.startsWith('report_equivocation')) continue;
				const build = tx[lowerFirst(`${pallet.name}`)][camelCase(`${name}`)];
				calls.set(`${pallet.name}.${name}`, build(...fields.map(argument)));
			}
		}
		return calls;
	}

	/** The address of a development account that has only a name. */
	account(uri) {
		return this.keyring.addFromUri(uri);
	}

	/**
	 * The view functions as they answered at a block.
	 *
	 * @param {string | Uint8Array} block its hash
	 * @returns {Promise<Chain>} for its views only
	 */
	async at(block) {
		const past = Object.create(this);
		past.views = viewsOf(this.api, await this.api.at(block));
		return past;
	}

	/** The number of the newest block. */
	async height() {
		return (await this.api.rpc.chain.getHeader()).number.toNumber();
	}

	/**
	 * Make blocks on an instantly sealed chain.
	 *
	 * @param {number} count
	 */
	async blocks(count) {
		for (let i = 0; i < count; i++) await this.rpc('engine_createBlock', true, true, null);
	}

	/**
	 * Make blocks until the newest one has this number.
	 *
	 * @param {number} height
	 */
	async until(height) {
		await this.blocks(Math.max(0, height - (await this.height())));
	}

	/** Call an RPC method by its name. */
	rpc(method, ...params) {
		return this.api._rpcCore.provider.send(method, params);
	}

	/**
	 * Options for signing as of a block that the pool knows. On a busy machine it is behind the chain, whose
	 * blocks are final at once here, and refuses what is signed as of the newest one.
	 */
	async #signing(options) {
		if ('era' in options) return options;
		const current = Math.max(0, (await this.height()) - BIRTH_DEPTH);
		const era = this.api.createType('ExtrinsicEra', { current, period: ERA });
		return { ...options, era, blockHash: await this.api.rpc.chain.getBlockHash(current) };
	}

	/**
	 * Sign and send a transaction and wait for its block.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {import('@polkadot/api/types').SubmittableExtrinsic} call
	 * @param {object} [options] such as `{ nonce, tip, era }`
	 * @returns {Promise<Included>}
	 * @throws {Refusal} the typed reason if it failed
	 */
	async send(signer, call, options = {}) {
		const from = await this.height();
		const result = await new Promise((done, fail) => {
			const timer = setTimeout(() => fail(new Error('the transaction was not included in time')), TRANSACTION_TIMEOUT);
			const end = (settle, value) => {
				clearTimeout(timer);
				settle(value);
			};
			let unsubscribe;
			this.#signing(options)
				.then((signing) =>
					call.signAndSend(signer, signing, (status) => {
						if (!status.isInBlock && !status.isFinalized && !status.isError) return;
						unsubscribe?.();
						if (status.isError) end(fail, new Refusal('transaction', `${status.status.type}`, ''));
						else end(done, status);
					}),
				)
				.then(
					(stop) => {
						unsubscribe = stop;
					},
					(error) => end(fail, refusedByPool(error)),
				);
		}).catch((error) => {
			// A new block came at that very moment, and the pool found the transaction in it already.
			if (error.id === ALREADY_IMPORTED) return null;
			throw error;
		});
		if (result === null) return this.outcome(call.hash.toHex(), from);
		return this.#included(result, call);
	}

	async #included(result, call) {
		const block = (result.status.isFinalized ? result.status.asFinalized : result.status.asInBlock).toHex();
		const { number } = await this.api.rpc.chain.getHeader(block);
		return this.#told(
			call.hash.toHex(),
			block,
			number.toNumber(),
			result.events.map(({ event }) => event),
		);
	}

	/** What a transaction's events tell, or its refusal. */
	#told(hash, block, number, told) {
		const events = told.map((event) => ({ id: `${event.section}.${event.method}`, ...fieldsOf(event) }));
		const paid = events.filter(({ id }) => id === 'transactionPayment.TransactionFeePaid');
		const fee = paid.reduce((sum, { actualFee }) => sum + actualFee, 0n);
		const included = { hash, block, number, events, fee };
		const failed = told.find((event) => this.api.events.system.ExtrinsicFailed.is(event));
		if (failed) throw refusalOf(this.api, failed.data[0], included);
		return included;
	}

	/**
	 * Sign a transaction and give it to the pool, without waiting for its block.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {import('@polkadot/api/types').SubmittableExtrinsic} call
	 * @param {object} [options] such as `{ nonce, tip, era }`
	 * @returns {Promise<string>} its hash
	 */
	async submit(signer, call, options = {}) {
		const signed = await call.signAsync(signer, { nonce: -1, ...(await this.#signing(options)) });
		await this.rpc('author_submitExtrinsic', signed.toHex());
		return signed.hash.toHex();
	}

	/**
	 * Wait for the block of a transaction that the pool has taken.
	 *
	 * @param {string} hash
	 * @param {number} from the first block that may hold it
	 * @returns {Promise<Included>}
	 * @throws {Refusal} the typed reason if it failed
	 */
	async outcome(hash, from) {
		const { api } = this;
		const until = Date.now() + TRANSACTION_TIMEOUT;
		for (let number = from; ; number++) {
			while ((await this.height()) < number) {
				if (Date.now() > until) throw new Error(`the transaction is in no block from ${from} on`);
				await sleep(POLL);
			}
			const block = (await api.rpc.chain.getBlockHash(number)).toHex();
			const { extrinsics } = (await api.rpc.chain.getBlock(block)).block;
			const index = extrinsics.findIndex((extrinsic) => extrinsic.hash.toHex() === hash);
			if (index < 0) continue;
			const records = await (await api.at(block)).query.system.events();
			const own = records.filter(({ phase }) => phase.isApplyExtrinsic && phase.asApplyExtrinsic.eqn(index));
			return this.#told(
				hash,
				block,
				number,
				own.map(({ event }) => event),
			);
		}
	}

	/**
	 * Send a transaction that has to be refused.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {import('@polkadot/api/types').SubmittableExtrinsic} call
	 * @param {object} [options]
	 * @returns {Promise<Refusal>} the typed reason
	 */
	async refused(signer, call, options) {
		let included;
		try {
			included = await this.send(signer, call, options);
		} catch (error) {
			if (error instanceof Refusal) return error;
			throw error;
		}
		throw new Error(
			`${call.method.section}.${call.method.method} was not refused: ${included.events.map(({ id }) => id)}`,
		);
	}

	/**
	 * Sign and send a transaction that the pool has to turn away: no block will hold it.
	 *
	 * @param {import('@polkadot/keyring/types').KeyringPair} signer
	 * @param {import('@polkadot/api/types').SubmittableExtrinsic} call
	 * @param {object} [options] such as `{ nonce, tip, era }`
	 * @returns {Promise<Refusal>} the pool's reason
	 */
	async turnedAway(signer, call, options = {}) {
		const signed = await call.signAsync(signer, { nonce: -1, ...(await this.#signing(options)) });
		try {
			await this.rpc('author_submitExtrinsic', signed.toHex());
		} catch (error) {
			return refusedByPool(error);
		}
		throw new Error(`the pool took ${call.method.section}.${call.method.method}`);
	}

	/**
	 * Call as root, through Alice.
	 *
	 * @param {import('@polkadot/api/types').SubmittableExtrinsic} call
	 * @returns {Promise<Included>}
	 * @throws {Refusal} the typed reason if the call failed
	 */
	async sudo(call) {
		const included = await this.send(this.accounts.alice, this.api.tx.sudo.sudo(call));
		const { block, events } = included;
		const records = await (await this.api.at(block)).query.system.events();
		const outcome = records.map(({ event }) => event).findLast((event) => event.section === 'sudo');
		if (outcome.data[0].isErr) throw refusalOf(this.api, outcome.data[0].asErr, included);
		return { ...included, events };
	}

	/**
	 * What a view function answers, in plain JavaScript.
	 *
	 * @param {string} name such as `jobs.nextAction`
	 * @param {...any} args
	 */
	async view(name, ...args) {
		const [pallet, view] = name.split('.');
		return plain(await this.views[pallet][view](...args));
	}

	/**
	 * What a view function with a `Result<_, DispatchError>` answers: `null`, or the typed reason.
	 *
	 * @param {string} name
	 * @param {...any} args
	 * @returns {Promise<string | null>} such as `jobs.NotClaimant`
	 */
	async objection(name, ...args) {
		return (await this.whyNot(name, ...args))?.id ?? null;
	}

	/**
	 * What a view function with a `Result<_, DispatchError>` answers: `null`, or the refusal with its
	 * details.
	 *
	 * @param {string} name
	 * @param {...any} args
	 * @returns {Promise<Refusal | null>}
	 */
	async whyNot(name, ...args) {
		const [pallet, view] = name.split('.');
		const result = await this.views[pallet][view](...args);
		return result.isOk ? null : refusalOf(this.api, result.asErr);
	}
}

/** What the pool says about a transaction that it does not take. */
const refusedByPool = (error) => {
	const match = /^(-?\d+): (.*?)(?:: (.*))?$/s.exec(error.message);
	return match ? new Refusal('transaction', match[1], [match[2], match[3]].filter(Boolean).join(': ')) : error;
};
