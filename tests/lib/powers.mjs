// SPDX-License-Identifier: Apache-2.0

// Powers of tau to which somebody has contributed, as snarkjs makes them.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROOT } from './paths.mjs';
import { shelf } from './shelf.mjs';

/** Of the file: one more than that of the smallest models' domain. */
const POWER = '11';
const CLI = join(ROOT, 'tests/node_modules/snarkjs/build/cli.cjs');
const run = promisify(execFile);

/**
 * Run the command line of snarkjs.
 *
 * @param {string} cwd where it runs
 * @param {...string} args
 * @returns {Promise<{stdout: string}>}
 */
export const snarkjs = (cwd, ...args) => run(process.execPath, [CLI, ...args], { cwd });

/**
 * Powers with two contributions: made once a machine.
 *
 * @returns {Promise<string>} a folder with `bare.ptau`, and with `powers.ptau`, which is prepared for a second phase
 */
export const powers = () =>
	shelf('powers', [import.meta.filename, join(ROOT, 'tests/package-lock.json')], async (work) => {
		const by = (name) => [`--name=${name}`, '-e=not secret'];
		await snarkjs(work, 'powersoftau', 'new', 'bn128', POWER, 'new.ptau');
		await snarkjs(work, 'powersoftau', 'contribute', 'new.ptau', 'first.ptau', ...by('first'));
		await snarkjs(work, 'powersoftau', 'contribute', 'first.ptau', 'bare.ptau', ...by('second'));
		await snarkjs(work, 'powersoftau', 'prepare', 'phase2', 'bare.ptau', 'powers.ptau');
	});
