// SPDX-License-Identifier: Apache-2.0

// Verifying keys and proofs in pieces, and points that do not belong into them. The encodings are
// those of docs/statement.md.

import { bn254 } from '@noble/curves/bn254';

/** Bytes of a coordinate in the base field. */
const COORDINATE = 32;
/** Bytes of a point of G1. */
export const G1 = 2 * COORDINATE;
/** Bytes of a point of G2. */
export const G2 = 4 * COORDINATE;

/** The base field's modulus. */
export const Q = bn254.fields.Fp.ORDER;
/** The order of the scalar field. */
export const R = bn254.fields.Fr.ORDER;

const coordinate = (value) => Buffer.from(value.toString(16).padStart(2 * COORDINATE, '0'), 'hex');
const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const concat = (...parts) => Buffer.concat(parts);

/** 32 bytes little-endian, as scalars are written on chain. */
export const scalar = (value) => `0x${coordinate(value).reverse().toString('hex')}`;

/** Bytes as hex for polkadot.js. */
export const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;

/** What a point at infinity would look like, if it had an encoding. */
export const infinity = (length) => Buffer.alloc(length);

/**
 * The opposite of a point of either group.
 *
 * @param {Uint8Array} point
 */
export const negated = (point) => {
	const y = point.length / 2;
	const coordinates = [];
	for (let at = y; at < point.length; at += COORDINATE) {
		const value = number(point.subarray(at, at + COORDINATE));
		coordinates.push(coordinate(value === 0n ? 0n : Q - value));
	}
	return concat(point.subarray(0, y), ...coordinates);
};

/**
 * The same point with its first coordinate written as `x + q`: another encoding of the same residue.
 *
 * @param {Uint8Array} point
 */
export const nonCanonical = (point) =>
	concat(coordinate(number(point.subarray(0, COORDINATE)) + Q), point.subarray(COORDINATE));

/**
 * A point with its last bit flipped: off the curve.
 *
 * @param {Uint8Array} point
 */
export const offCurve = (point) => {
	const bytes = Buffer.from(point);
	bytes[bytes.length - 1] ^= 1;
	return bytes;
};

/**
 * The point with this bit of its first byte set, where other encodings keep flags.
 *
 * @param {Uint8Array} point
 * @param {number} bit 6 or 7
 */
export const flagged = (point, bit) => {
	const bytes = Buffer.from(point);
	bytes[0] |= 1 << bit;
	return bytes;
};

/**
 * A point on the twist and outside of the prime-order subgroup.
 *
 * @returns {Buffer} of the length of a point of G2
 */
export const outsideSubgroup = () => {
	const { Fp2 } = bn254.fields;
	const { b } = bn254.G2.CURVE;
	for (let i = 1n; ; i++) {
		const x = Fp2.fromBigTuple([i, 1n]);
		let y;
		try {
			y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
		} catch {
			continue; // Not a square: no point has this coordinate.
		}
		const point = bn254.G2.ProjectivePoint.fromAffine({ x, y });
		if (point.isTorsionFree()) continue;
		return concat(coordinate(x.c1), coordinate(x.c0), coordinate(y.c1), coordinate(y.c0));
	}
};

/** A verifying key in pieces. */
export class Key {
	/** @param {Uint8Array} bytes */
	constructor(bytes) {
		let at = 0;
		const take = (length) => Buffer.from(bytes.subarray(at, (at += length)));
		this.alpha = take(G1);
		this.beta = take(G2);
		this.gamma = take(G2);
		this.delta = take(G2);
		this.ic = [];
		while (at < bytes.length) this.ic.push(take(G1));
	}

	/** The canonical bytes. */
	get bytes() {
		return concat(this.alpha, this.beta, this.gamma, this.delta, ...this.ic);
	}

	/**
	 * The bytes with some of the points replaced.
	 *
	 * @param {object} points new `alpha`, `beta`, `gamma`, `delta` or `ic`
	 * @returns {Buffer}
	 */
	with(points) {
		return Object.assign(new Key(this.bytes), points).bytes;
	}

	/**
	 * The bytes with one of `IC`'s points replaced.
	 *
	 * @param {number} at
	 * @param {Uint8Array} point
	 * @returns {Buffer}
	 */
	withIc(at, point) {
		return this.with({ ic: this.ic.with(at, point) });
	}

	/**
	 * The proof that anybody can make where gamma equals delta: `A = alpha, B = beta, C = -vk_x`.
	 *
	 * @param {bigint[]} inputs the public inputs
	 * @returns {Buffer}
	 */
	forgery(inputs) {
		const { ProjectivePoint } = bn254.G1;
		const point = (bytes) =>
			ProjectivePoint.fromAffine({ x: number(bytes.subarray(0, COORDINATE)), y: number(bytes.subarray(COORDINATE)) });
		const [first, ...rest] = this.ic.map(point);
		const sum = inputs.reduce(
			(total, input, at) => (input === 0n ? total : total.add(rest[at].multiply(input))),
			first,
		);
		const { x, y } = sum.negate().toAffine();
		return concat(this.alpha, this.beta, coordinate(x), coordinate(y));
	}
}

/** A proof in pieces. */
export class Proof {
	/** @param {string} hex */
	constructor(hex) {
		const bytes = Buffer.from(hex.slice(2), 'hex');
		this.a = bytes.subarray(0, G1);
		this.b = bytes.subarray(G1, G1 + G2);
		this.c = bytes.subarray(G1 + G2);
	}

	/** The canonical bytes, as hex. */
	get hex() {
		return hex(concat(this.a, this.b, this.c));
	}

	/**
	 * The bytes with some of the points replaced, as hex.
	 *
	 * @param {object} points new `a`, `b` or `c`
	 * @returns {string}
	 */
	with(points) {
		return Object.assign(new Proof(this.hex), points).hex;
	}

	/** The same statement's proof in another form: `(-A, -B, C)`, which also satisfies the equation. */
	get rerandomised() {
		return this.with({ a: negated(this.a), b: negated(this.b) });
	}
}

const decimal = (bytes, at) => `${number(bytes.subarray(COORDINATE * at, COORDINATE * (at + 1)))}`;
const jsonG1 = (point) => [decimal(point, 0), decimal(point, 1), '1'];
const jsonG2 = (point) => [
	[decimal(point, 1), decimal(point, 0)],
	[decimal(point, 3), decimal(point, 2)],
	['1', '0'],
];

/**
 * A verifying key as snarkjs reads it.
 *
 * @param {Key} key
 */
export const snarkjsKey = ({ alpha, beta, gamma, delta, ic }) => ({
	protocol: 'groth16',
	curve: 'bn128',
	nPublic: ic.length - 1,
	vk_alpha_1: jsonG1(alpha),
	vk_beta_2: jsonG2(beta),
	vk_gamma_2: jsonG2(gamma),
	vk_delta_2: jsonG2(delta),
	IC: ic.map(jsonG1),
});

/**
 * A proof as snarkjs reads it.
 *
 * @param {Uint8Array} bytes
 */
export const snarkjsProof = (bytes) => ({
	protocol: 'groth16',
	curve: 'bn128',
	pi_a: jsonG1(bytes.subarray(0, G1)),
	pi_b: jsonG2(bytes.subarray(G1, G1 + G2)),
	pi_c: jsonG1(bytes.subarray(G1 + G2)),
});
