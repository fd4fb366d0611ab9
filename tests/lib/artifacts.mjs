// SPDX-License-Identifier: Apache-2.0

// Models, compiled and set up once a machine and kept until the command line or a model changes.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { candorJson } from './cli.mjs';
import { cliBinary, DIGITS, MODELS, TREES } from './paths.mjs';
import { temporaryFolder } from './processes.mjs';
import { shelf } from './shelf.mjs';

const REPORTS = 'reports.json';

/**
 * @typedef {object} Model
 * @property {string} folder what `candor compile` and `candor setup` have written
 * @property {object} compiled the report of `candor compile`
 * @property {object} setup the report of `candor setup`
 * @property {object} schema how samples become input bytes
 * @property {string} commitment by which the chain knows it
 * @property {Uint8Array} key the verifying key
 * @property {string} samples a CSV file with samples and their labels
 */

const DIGITS_FILES = {
	onnx: join(DIGITS, 'digits.onnx'),
	calibration: join(DIGITS, 'calibration.csv'),
	samples: join(DIGITS, 'test.csv'),
};

/**
 * The models of the demo and the tests: their files, and where they stand in their circuits, unless a
 * setup chooses that by itself.
 */
export const SOURCES = {
	digits: DIGITS_FILES,
	/** Plain Groth16, for what snarkjs knows, and for keys and proofs that are taken to pieces. */
	hashed: { ...DIGITS_FILES, scheme: 'hashed' },
	/** Without lookups, as the smallest models are. */
	committed: { ...DIGITS_FILES, scheme: 'committed' },
	/** In a circuit whose proofs are of four runs. */
	joint: { ...DIGITS_FILES, runs: 4 },
	/** Boosted trees, whose samples have a header. */
	trees: {
		onnx: join(TREES, 'trees.onnx'),
		calibration: join(TREES, 'calibration.csv'),
		samples: join(TREES, 'test.csv'),
	},
	deep: {
		onnx: join(MODELS, 'deep.onnx'),
		calibration: join(MODELS, 'deep.csv'),
		samples: join(MODELS, 'deep.csv'),
	},
};

/**
 * Compile a model and set up its circuit.
 *
 * @param {{onnx: string, calibration: string, samples: string, scheme?: string, runs?: number}} source
 * @param {string} folder where to
 * @returns {Promise<{compiled: object, setup: object}>} the reports
 */
export const build = async ({ onnx, calibration, samples, scheme, runs }, folder) => {
	const compiled = await candorJson([
		'compile',
		onnx,
		'--calibration',
		calibration,
		'--test',
		samples,
		'--out',
		folder,
		...(runs ? ['--runs', `${runs}`] : []),
	]);
	const setup = await candorJson(['setup', folder, '--development', ...(scheme ? ['--scheme', scheme] : [])]);
	return { compiled, setup };
};

/**
 * A model that is ready to prove.
 *
 * @param {keyof typeof SOURCES} name
 * @returns {Promise<Model>}
 */
export const model = async (name) => {
	const source = SOURCES[name];
	const { onnx, calibration, samples } = source;
	const place = await shelf(name, [cliBinary(), onnx, calibration, samples], async (work) => {
		const reports = await build(source, join(work, 'model'));
		writeFileSync(join(work, REPORTS), JSON.stringify(reports));
	});
	const folder = join(place, 'model');
	const { compiled, setup } = JSON.parse(readFileSync(join(place, REPORTS), 'utf8'));
	return {
		folder,
		compiled,
		setup,
		commitment: setup.commitment,
		schema: JSON.parse(readFileSync(join(folder, 'schema.json'), 'utf8')),
		key: readFileSync(join(folder, 'verifying.key')),
		samples,
	};
};

/**
 * The bytes that a model takes for a sample: `clamp(round(x / scale) + zero point, 0, 255)`.
 *
 * @param {Model} model
 * @param {number} line which sample, from 1
 * @returns {Buffer}
 */
export const inputBytes = ({ schema: { input }, samples }, line) =>
	Buffer.from(
		sample(samples, line).values.map((value, at) => {
			if (input.cuts) return input.cuts.features[at].filter((cut) => cut < value).length;
			const { scale, zero_point: zero } = input.per_tensor ? input.per_tensor.feature : input.per_feature.features[at];
			return Math.min(255, Math.max(0, Math.round(value / scale) + zero));
		}),
	);

/**
 * A sample of a CSV file.
 *
 * @param {string} csv the file
 * @param {number} line from 1
 * @returns {{values: number[], label: number}}
 */
export const sample = (csv, line) => {
	const values = readFileSync(csv, 'utf8').split('\n')[line - 1].split(',').map(Number);
	return { label: values.pop(), values };
};

/**
 * Prove an inference with the command line.
 *
 * @param {Model} model
 * @param {number} line which sample, from 1
 * @param {{genesis: string} & ({job: bigint | number, worker: string} | {owner: string, circuit: string})} [purpose]
 *   what the proof is bound to: the chain's genesis hash with the number of a job and its worker's address, or with the
 *   address of who registers the model and the circuit's id; nothing, if left out
 * @returns {Promise<object>} the report of `candor prove`, with the `folder` of its files
 */
export const prove = async (model, line, purpose = {}) => {
	const folder = temporaryFolder('proof');
	const bound = Object.entries(purpose).flatMap(([name, value]) => [`--${name}`, `${value}`]);
	const report = await candorJson([
		...['prove', model.folder],
		...['--input', model.samples],
		...['--sample', `${line}`],
		...['--out', folder],
		...bound,
	]);
	return { ...report, folder };
};
