// SPDX-License-Identifier: Apache-2.0

// A model's circuit whose keys a ceremony of snarkjs makes: handed over as .r1cs, taken back as .zkey.

import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';

import { blake2AsHex } from '@polkadot/util-crypto';

import { makePowers, snarkjs } from '../lib/circom.mjs';
import { candor, candorJson, candorRefused } from '../lib/cli.mjs';
import { cliBinary, MODELS, TINY } from '../lib/paths.mjs';
import { temporaryFolder } from '../lib/processes.mjs';
import { shelf } from '../lib/shelf.mjs';
import { verify } from '../lib/snarkjs.mjs';

const SAMPLES = join(TINY, 'samples.csv');
const SAMPLE = ['--input', SAMPLES, '--sample', '3'];
/** Bytes of a point in the first group. */
const G1 = 64;

/** From the model to the last contribution, each file by the program that makes it. */
const ceremony = async (folder) => {
	await candorJson(['compile', join(TINY, 'tiny.onnx'), '--calibration', SAMPLES, '--out', join(folder, 'model')]);
	const circuit = await candorJson(['circuit', 'export', join(folder, 'model'), '--r1cs', join(folder, 'tiny.r1cs')]);
	writeFileSync(join(folder, 'circuit.json'), JSON.stringify(circuit));
	await makePowers(folder, `${circuit.powers}`);
	await snarkjs(folder, 'groth16', 'setup', 'tiny.r1cs', 'final.ptau', '0.zkey');
	await snarkjs(folder, 'zkey', 'contribute', '0.zkey', '1.zkey', '--name=Ada', '-e=not secret');
	await snarkjs(folder, 'zkey', 'contribute', '1.zkey', '2.zkey', '--name=Bob', '-e=not secret either');
	await snarkjs(folder, 'zkey', 'export', 'verificationkey', '2.zkey', 'verification_key.json');
};

/** Where the content of a section begins in a binary file of snarkjs, and its length. */
const section = (bytes, number) => {
	for (let at = 12; at < bytes.length;) {
		const length = Number(bytes.readBigUInt64LE(at + 4));
		if (bytes.readUInt32LE(at) === number) return { start: at + 12, length };
		at += 12 + length;
	}
	throw new Error(`there is no section ${number}`);
};

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

describe('a circuit that is set up with snarkjs', () => {
	let made, model, imported, proof;
	const file = (name) => join(made, name);
	const importing = (folder, zkey, powers = file('final.ptau')) => [
		'setup',
		'import',
		folder,
		zkey,
		'--powers',
		powers,
	];

	/** A new folder with the model and no keys. */
	const withoutKeys = () => {
		const folder = join(temporaryFolder('tiny'), 'model');
		cpSync(file('model'), folder, { recursive: true });
		return folder;
	};

	before(async () => {
		made = await shelf('snarkjs', [cliBinary(), join(TINY, 'tiny.onnx'), import.meta.filename], ceremony);
		model = withoutKeys();
		imported = await candorJson(importing(model, file('2.zkey')));
		const out = join(temporaryFolder('proof'), 'proof');
		proof = { ...(await candorJson(['prove', model, ...SAMPLE, '--out', out])), out };
	});

	it('is what snarkjs reads', async () => {
		const { constraints, variables, public_inputs: inputs } = json(file('circuit.json'));
		const { stdout } = await snarkjs(made, 'r1cs', 'info', 'tiny.r1cs');
		assert.match(stdout, /Curve: bn-128/);
		const count = (name) => Number(stdout.match(new RegExp(`# of ${name}: (\\d+)`))[1]);
		assert.deepEqual([count('Constraints'), count('Wires'), count('Public Inputs')], [constraints, variables, inputs]);
	});

	it('has a key that snarkjs verifies and candor takes', async () => {
		const { stdout } = await snarkjs(made, 'zkey', 'verify', 'tiny.r1cs', 'final.ptau', '2.zkey');
		assert.match(stdout, /ZKey Ok!/);
		// snarkjs prints hashes in groups of eight digits.
		const printed = stdout.replaceAll(/\s/g, '');
		assert(printed.includes(imported.circuit_hash), stdout);
		assert.equal(imported.contributions.length, 2);
		for (const [at, name] of ['Ada', 'Bob'].entries()) {
			const [who, hash] = imported.contributions[at].split(', ');
			assert.equal(who, `a contribution of "${name}"`);
			assert(printed.includes(`contribution#${at + 1}${name}:${hash}`), stdout);
		}
		assert.equal(imported.quality, 'ceremony');
		assert.deepEqual(json(join(model, 'verification_key.json')), json(file('verification_key.json')));
	});

	it('has the provenance of a ceremony', async () => {
		const { circuit } = await candorJson(['setup', 'verify', model]);
		assert.equal(imported.circuit, circuit);
		assert.equal(imported.transcript, blake2AsHex(readFileSync(imported.transcript_file), 256));
		const aside = `${imported.transcript_file}.aside`;
		renameSync(imported.transcript_file, aside);
		const development = await candorJson(['setup', 'verify', model]);
		renameSync(aside, imported.transcript_file);
		assert.notEqual(development.circuit, circuit, 'that is the one of a development setup');
	});

	it('is proved by candor for either verifier', async () => {
		const run = await candor(['verify', '--vk', model, '--proof', proof.out, '--public', proof.out]);
		assert.equal(run.code, 0, run.out + run.err);
		const [key, inputs] = [json(file('verification_key.json')), json(join(proof.out, 'public.json'))];
		assert.equal(await verify(key, inputs, json(join(proof.out, 'proof.json'))), true);
	});

	it('is proved by snarkjs for either verifier', async () => {
		const out = temporaryFolder('snarkjs');
		const wtns = join(out, 'answer.wtns');
		const solved = await candorJson(['circuit', 'solve', model, ...SAMPLE, '--wtns', wtns]);
		assert.deepEqual(solved.public_inputs, json(join(proof.out, 'public.json')));
		const checked = await snarkjs(out, 'wtns', 'check', file('tiny.r1cs'), wtns);
		assert.match(checked.stdout, /WITNESS IS CORRECT/);
		await snarkjs(out, 'groth16', 'prove', file('2.zkey'), wtns, 'proof.json', 'public.json');
		const inputs = json(join(out, 'public.json'));
		assert.deepEqual(inputs, solved.public_inputs);
		assert.equal(await verify(json(file('verification_key.json')), inputs, json(join(out, 'proof.json'))), true);
		const run = await candor(['verify', '--vk', join(model, 'verifying.key'), '--proof', out, '--public', out]);
		assert.equal(run.code, 0, run.out + run.err);
	});

	/** The refusal of a changed key. Nothing is written. */
	const refused = async (change, folder = withoutKeys(), powers = undefined) => {
		const bytes = change(readFileSync(file('2.zkey')));
		const path = join(temporaryFolder('zkey'), 'changed.zkey');
		writeFileSync(path, bytes);
		const refusal = await candorRefused(importing(folder, path, powers));
		assert.throws(() => readFileSync(join(folder, 'proving.key')), /ENOENT/);
		return refusal;
	};

	it('is not set up by a file that is cut off', async () => {
		for (const missing of [1, G1, 100_000]) {
			const { code, message } = await refused((bytes) => bytes.subarray(0, bytes.length - missing));
			assert.equal(code, 2);
			assert.match(message, /do not fill it exactly/);
		}
	});

	it('is not set up by a key with an exchanged point', async () => {
		for (const [number, name] of [
			[5, 'A'],
			[6, 'B in the first group'],
			[8, 'IC, a block or L'],
			[9, 'H'],
		]) {
			const { code, message } = await refused((bytes) => {
				const { start, length } = section(bytes, number);
				const last = bytes.subarray(start + length - G1, start + length);
				const other = bytes.subarray(start + length - 5 * G1, start + length - 4 * G1);
				assert.notDeepEqual(last, other);
				const kept = Buffer.from(other);
				last.copy(other);
				kept.copy(last);
				return bytes;
			});
			assert.equal(code, 1, message);
			assert(message.includes(`${name} does not follow from the circuit`), message);
		}
	});

	it('is not set up by a key on another curve', async () => {
		const { code, message } = await refused((bytes) => {
			bytes[section(bytes, 2).start + 4] ^= 1;
			return bytes;
		});
		assert.equal(code, 2);
		assert.match(message, /another curve/);
	});

	it('is not set up by a key to which nobody has contributed', async () => {
		const { code, message, hint } = await refused(() => readFileSync(file('0.zkey')));
		assert.equal(code, 2);
		assert.match(message, /nobody has contributed/);
		assert.match(hint, /snarkjs zkey contribute/);
	});

	it('is not set up by the key of another model', async () => {
		const deep = join(temporaryFolder('deep'), 'model');
		const files = ['--calibration', join(MODELS, 'deep.csv'), '--out', deep];
		await candorJson(['compile', join(MODELS, 'deep.onnx'), ...files]);
		const powers = join(temporaryFolder('powers'), 'own.ptau');
		await candorJson(['ceremony', 'powers', '--power', '13', powers]);
		const { code, message, hint } = await refused((bytes) => bytes, deep, powers);
		assert.equal(code, 2);
		assert.match(message, /made for another circuit/);
		assert.match(hint, /candor circuit export/);
	});

	it('is not set up from other powers', async () => {
		const folder = temporaryFolder('powers');
		await candorJson([
			'ceremony',
			'powers',
			'--power',
			`${json(file('circuit.json')).powers}`,
			join(folder, 'own.ptau'),
		]);
		const { code, message } = await refused((bytes) => bytes, withoutKeys(), join(folder, 'own.ptau'));
		assert.equal(code, 2);
		assert.match(message, /alpha is not that of a key from these powers/);
	});

	it('keeps its keys unless they are to be replaced', async () => {
		const folder = withoutKeys();
		copyFileSync(join(model, 'proving.key'), join(folder, 'proving.key'));
		const { code, message } = await candorRefused(importing(folder, file('2.zkey')));
		assert.equal(code, 2);
		assert.match(message, /exists already/);
	});
});
