// SPDX-License-Identifier: Apache-2.0

// A circuit made without any of Candor's tools: circom and snarkjs alone, by their command lines.

import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

import { blake2AsU8a, decodeAddress } from '@polkadot/util-crypto';
import { buildPoseidonOpt } from 'circomlibjs';

import { CIRCOM_EXAMPLE, ROOT } from './paths.mjs';
import { hex, scalar } from './points.mjs';
import { temporaryFolder } from './processes.mjs';
import { shelf } from './shelf.mjs';

/** The powers of tau are for `2 ** POWER` constraints; the circuit has 1203. */
const POWER = '11';
/** Bytes of a word of the statement. */
const WORD = 31;
/** Bytes of a commitment's domain in the sponge's initial value. */
const DOMAIN = 23;
/** Words that one step of the sponge takes. */
const GROUP = 16;

const TESTS = join(ROOT, 'tests');
const { resolve } = createRequire(import.meta.url);
const run = promisify(execFile);
const node = (script, args, cwd) => run(process.execPath, [script, ...args], { cwd });

/**
 * Run the command line of snarkjs.
 *
 * @param {string} cwd where
 * @param {...string} args
 * @returns {Promise<{stdout: string, stderr: string}>}
 * @throws {Error} if it does not exit with 0
 */
export const snarkjs = (cwd, ...args) => node(join(TESTS, 'node_modules/snarkjs/build/cli.cjs'), args, cwd);

/**
 * Make powers of tau with one contributor, prepared for a second phase.
 *
 * @param {string} folder where to
 * @param {string} power they are for `2 ** power` constraints
 * @param {string} [name] of the file
 */
export const makePowers = async (folder, power, name = 'final.ptau') => {
	await snarkjs(folder, 'powersoftau', 'new', 'bn128', power, 'new.ptau');
	await snarkjs(folder, 'powersoftau', 'contribute', 'new.ptau', 'contributed.ptau', '--name=tests', '-e=not secret');
	await snarkjs(folder, 'powersoftau', 'prepare', 'phase2', 'contributed.ptau', name);
	for (const file of ['new.ptau', 'contributed.ptau']) rmSync(join(folder, file));
};

/**
 * @typedef {object} Circuit
 * @property {string} source the circom file
 * @property {string} folder what circom and snarkjs have written: `circuit.zkey`, its
 *   `verification_key.json`, and `unfinished_key.json`, which lacks the second phase of the setup
 */

/** From the source to the keys, as the documentation of circom tells it. */
const build = async (source, folder) => {
	// The compiler finds libraries only below where it runs.
	const compile = [relative(TESTS, source), '-l', 'node_modules', '-o', folder, '--r1cs', '--wasm', '--O2'];
	await node(resolve('circom2/cli.js'), compile, TESTS);
	await makePowers(folder, POWER);
	await snarkjs(folder, 'groth16', 'setup', 'weighted_sum.r1cs', 'final.ptau', 'unfinished.zkey');
	await snarkjs(folder, 'zkey', 'export', 'verificationkey', 'unfinished.zkey', 'unfinished_key.json');
	await snarkjs(folder, 'zkey', 'contribute', 'unfinished.zkey', 'circuit.zkey', '--name=tests', '-e=not secret');
	await snarkjs(folder, 'zkey', 'export', 'verificationkey', 'circuit.zkey', 'verification_key.json');
	for (const file of ['final.ptau', 'unfinished.zkey']) rmSync(join(folder, file));
};

/**
 * The circuit `weighted_sum.circom` with its keys: made once a machine, and again when it changes.
 *
 * @returns {Promise<Circuit>}
 */
export const weightedSum = async () => {
	const source = join(CIRCOM_EXAMPLE, 'weighted_sum.circom');
	const sources = [source, import.meta.filename, join(ROOT, 'tests/package-lock.json')];
	const folder = await shelf('circom', sources, (work) => build(source, work));
	return { source, folder };
};

/**
 * Prove with snarkjs.
 *
 * @param {Circuit} circuit
 * @param {object} signals the circuit's inputs
 * @returns {Promise<string>} a folder with `proof.json` and `public.json`
 * @throws {Error} if the signals break a constraint
 */
export const snarkjsProve = async ({ folder }, signals) => {
	const out = temporaryFolder('snarkjs');
	writeFileSync(
		join(out, 'input.json'),
		JSON.stringify(signals, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
	);
	const files = ['weighted_sum_js/weighted_sum.wasm', 'circuit.zkey'].map((file) => join(folder, file));
	await snarkjs(out, 'groth16', 'fullprove', 'input.json', ...files, 'proof.json', 'public.json');
	return out;
};

/** Bytes as an integer, the first of them the least significant. */
export const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);

/**
 * A commitment of docs/statement.md.
 *
 * @param {string} domain such as `candor/input/v1`
 * @param {bigint[]} words
 * @param {bigint} blinder
 * @returns {Promise<bigint>}
 */
export const commit = async (domain, words, blinder) => {
	const poseidon = await buildPoseidonOpt();
	const absorbed = [...words, blinder];
	const initial = Buffer.alloc(WORD);
	initial.write(domain);
	initial.writeBigUInt64LE(BigInt(absorbed.length), DOMAIN);
	let state = poseidon.F.e(littleEndian(initial));
	for (let at = 0; at < absorbed.length; at += GROUP) {
		state = poseidon(
			Array.from({ length: GROUP }, (_, i) => poseidon.F.e(absorbed[at + i] ?? 0n)),
			state,
		);
	}
	return poseidon.F.toObject(state);
};

const bytes = (hex) => Buffer.from(hex.slice(2), 'hex');

/** The first 31 bytes of the hash of all parts. */
const bound = (...parts) => littleEndian(blake2AsU8a(Buffer.concat(parts), 256).subarray(0, WORD));

/**
 * What ties a proof to a chain, a job and a worker.
 *
 * @param {string} genesis hash, as hex
 * @param {bigint} job
 * @param {string} worker address
 * @returns {bigint}
 */
export const bindingOf = (genesis, job, worker) => {
	const number = Buffer.alloc(8);
	number.writeBigUInt64LE(job);
	return bound(Buffer.from('candor/binding/v1'), bytes(genesis), number, decodeAddress(worker));
};

/**
 * What ties a proof to whoever registers a model.
 *
 * @param {string} genesis hash, as hex
 * @param {string} circuit its id, as hex
 * @param {string} commitment of the model, as hex: a scalar or a point
 * @param {string} owner address
 * @returns {bigint}
 */
export const possessionOf = (genesis, circuit, commitment, owner) => {
	const model = bytes(commitment);
	const form = Buffer.from([model.length === 32 ? 0 : 1]);
	const domain = Buffer.from('candor/possession/v1');
	return bound(domain, bytes(genesis), bytes(circuit), form, model, decodeAddress(owner));
};

/**
 * The canonical bytes of a proof by snarkjs, as hex.
 *
 * @param {string} folder with its `proof.json`
 * @returns {string}
 */
export const proofBytes = (folder) => {
	const { pi_a: a, pi_b: b, pi_c: c } = JSON.parse(readFileSync(join(folder, 'proof.json'), 'utf8'));
	// Big-endian coordinates, and the imaginary part first.
	const coordinates = [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1]];
	return hex(Buffer.concat(coordinates.map((digits) => Buffer.from(scalar(BigInt(digits)).slice(2), 'hex').reverse())));
};
