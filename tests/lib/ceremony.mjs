// SPDX-License-Identifier: Apache-2.0

// A ceremony's file in pieces, and a contributor who hands on what it likes. The bytes are those that the
// sources of `candor-ceremony` tell.

import { bn254 } from '@noble/curves/bn254';
import { blake2AsU8a } from '@polkadot/util-crypto';

import { G1, G2, negated, R } from './points.mjs';

const HASH = 32;
const SCALAR = 32;
const COORDINATE = 32;
/** Bytes before the number of steps: a magic, version and blocks, and three hashes. */
const HEAD = 8 + 2 + 3 * HASH;
/** Which of a key's blocks the byte of blocks names. */
const [MODEL, STAGE_ONE] = [1, 2];
/** What stands for a trapdoor in hashes. */
const TAGS = { gamma: 0, eta: 1, sigma: 2, delta: 3 };

const blake2 = (...parts) => Buffer.from(blake2AsU8a(Buffer.concat(parts), 256));
const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const littleEndian = (value, length) => {
	const bytes = Buffer.alloc(length);
	for (let at = 0; at < length; at++) bytes[at] = Number((value >> BigInt(8 * at)) & 255n);
	return bytes;
};
/** A coordinate or a scalar. */
const bigEndian = (value) => littleEndian(value, COORDINATE).reverse();

/** Bytes that are taken from the front. */
class Input {
	constructor(bytes) {
		this.rest = Buffer.from(bytes);
	}

	take(length) {
		const taken = this.rest.subarray(0, length);
		if (taken.length < length) throw new Error('the file is cut off');
		this.rest = this.rest.subarray(length);
		return taken;
	}

	list(size) {
		const count = this.take(4).readUInt32LE();
		return Array.from({ length: count }, () => this.take(size));
	}
}

/** The points of a key, by the names that `Points` of `candor-prover` gives them. */
class Key {
	/** @param {Uint8Array} bytes */
	constructor(bytes) {
		const input = new Input(bytes);
		this.head = input.take(2);
		for (const name of ['alphaG1', 'betaG1', 'deltaG1']) this[name] = input.take(G1);
		for (const name of ['betaG2', 'gammaG2', 'deltaG2']) this[name] = input.take(G2);
		const block = (flag) => {
			if ((this.head[0] & flag) === 0) return undefined;
			return { g1: input.take(G1), g2: input.take(G2), query: input.list(G1) };
		};
		[this.model, this.stageOne] = [block(MODEL), block(STAGE_ONE)];
		for (const name of ['ic', 'rest', 'a', 'bG1', 'h']) this[name] = input.list(G1);
		this.bG2 = input.list(G2);
		if (input.rest.length > 0) throw new Error('something stands behind the key');
	}

	get bytes() {
		const list = (points) => [littleEndian(BigInt(points.length), 4), ...points];
		const blocks = [this.model, this.stageOne].filter(Boolean);
		return Buffer.concat([
			this.head,
			...[this.alphaG1, this.betaG1, this.deltaG1, this.betaG2, this.gammaG2, this.deltaG2],
			...blocks.flatMap(({ g1, g2, query }) => [g1, g2, ...list(query)]),
			...[this.ic, this.rest, this.a, this.bG1, this.h, this.bG2].flatMap(list),
		]);
	}

	/** The trapdoors in the second group, by name, in their order. */
	get trapdoors() {
		const { gammaG2: gamma, deltaG2: delta, model, stageOne } = this;
		return Object.fromEntries(
			Object.entries({ gamma, eta: model?.g2, sigma: stageOne?.g2, delta }).filter(([, point]) => point),
		);
	}

	/** Multiplies every trapdoor by minus one, which divides the same lists by it. */
	negate() {
		for (const name of ['gammaG2', 'deltaG1', 'deltaG2']) this[name] = negated(this[name]);
		for (const name of ['ic', 'rest', 'h']) this[name] = this[name].map(negated);
		for (const block of [this.model, this.stageOne].filter(Boolean)) {
			Object.assign(block, { g1: negated(block.g1), g2: negated(block.g2), query: block.query.map(negated) });
		}
	}
}

/** The hash of a transcript, and where the key behind it begins. */
const walk = (bytes) => {
	const input = new Input(bytes);
	const head = input.take(HEAD);
	const trapdoors = 2 + [MODEL, STAGE_ONE].filter((flag) => (head[9] & flag) !== 0).length;
	let hash = blake2(head);
	const count = input.take(4).readUInt32LE();
	for (let step = 0; step < count; step++) {
		const start = input.rest;
		const isBeacon = input.take(1)[0] === 1;
		if (isBeacon) input.take(1);
		input.take(input.take(1)[0]);
		input.take(HASH + trapdoors * G2);
		if (!isBeacon) input.take(trapdoors * 2 * SCALAR);
		hash = blake2(hash, start.subarray(0, start.length - input.rest.length));
	}
	return { hash, count, length: bytes.length - input.rest.length };
};

/** A point of the second group from its bytes, and back. */
const pointOf = (bytes) => {
	const [x1, x0, y1, y0] = [0, 1, 2, 3].map((at) => number(bytes.subarray(at * COORDINATE, (at + 1) * COORDINATE)));
	return bn254.G2.ProjectivePoint.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
};
const bytesOf = (point) => {
	const { x, y } = point.toAffine();
	return Buffer.concat([x.c1, x.c0, y.c1, y.c0].map(bigEndian));
};

/** A proof of knowing the factor between a trapdoor and what it became, for a factor that is claimed. */
const proofOf = (name, old, factor, before, statement) => {
	const nonce = number(blake2(Buffer.from('not a secret'), Buffer.from(name)));
	const digest = blake2AsU8a(
		Buffer.concat([
			Buffer.from('candor ceremony knowledge'),
			before,
			littleEndian(BigInt(statement.length), 8),
			statement,
			Buffer.from([TAGS[name]]),
			bytesOf(pointOf(old).multiply(nonce % R)),
		]),
		512,
	);
	const challenge = number(Buffer.from(digest).reverse()) % R;
	const response = (((nonce + challenge * factor) % R) + R) % R;
	return Buffer.concat([bigEndian(challenge), bigEndian(response)]);
};

/**
 * A contribution that multiplies every trapdoor by minus one: not secret, but a contribution like any other,
 * unless more is done.
 *
 * @param {Uint8Array} bytes the ceremony's file as it was handed on
 * @param {string} name the contributor's
 * @param {object} [deed]
 * @param {(key: Key) => void} [deed.change] what is done to the key besides
 * @param {bigint} [deed.claimed] the factor that the proofs of knowledge are of
 * @returns {Buffer} the file that is handed on
 */
export const contribute = (bytes, name, { change = () => {}, claimed = -1n } = {}) => {
	const { hash, count, length } = walk(bytes);
	const key = new Key(bytes.subarray(length));
	const old = key.trapdoors;
	key.negate();
	change(key);
	const text = Buffer.from(name);
	const statement = Buffer.concat([
		Buffer.from([0, text.length]),
		text,
		blake2(key.bytes),
		...Object.values(key.trapdoors),
	]);
	const proofs = Object.entries(old).map(([trapdoor, point]) => proofOf(trapdoor, point, claimed, hash, statement));
	return Buffer.concat([
		bytes.subarray(0, HEAD),
		littleEndian(BigInt(count + 1), 4),
		bytes.subarray(HEAD + 4, length),
		statement,
		...proofs,
		key.bytes,
	]);
};

/**
 * The hash of the transcript of a ceremony.
 *
 * @param {Uint8Array} bytes its file, or its transcript
 * @returns {string} as hex
 */
export const transcriptHash = (bytes) => `0x${walk(bytes).hash.toString('hex')}`;
