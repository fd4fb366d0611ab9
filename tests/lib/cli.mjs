// SPDX-License-Identifier: Apache-2.0

// The command line `candor`.

import { execFile } from 'node:child_process';

import { cliBinary } from './paths.mjs';
import { Daemon, temporaryFolder } from './processes.mjs';

const TIMEOUT = 300_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * @typedef {object} Run
 * @property {number} code the exit code
 * @property {string} out the standard output
 * @property {string} err the standard error
 */

/**
 * Run `candor` to its end, whatever that is.
 *
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd] where it runs
 * @param {object} [options.env] more environment variables
 * @param {string} [options.input] what stands on its standard input
 * @returns {Promise<Run>}
 */
export const candor = (args, { cwd, env, input } = {}) =>
	new Promise((done, fail) => {
		const options = { cwd, env: { ...process.env, ...env }, timeout: TIMEOUT, maxBuffer: MAX_OUTPUT };
		const child = execFile(cliBinary(), args, options, (error, out, err) => {
			if (error && typeof error.code !== 'number') fail(error);
			else done({ code: error?.code ?? 0, out, err });
		});
		if (input === undefined) return;
		// A command that has ended already reads nothing.
		child.stdin.on('error', () => {});
		child.stdin.end(input);
	});

/**
 * Run `candor` for its result.
 *
 * @param {string[]} args without `--json`
 * @returns {Promise<any>} what it reports
 * @throws {Error} if it does not exit with 0
 */
export const candorJson = async (args) => {
	const run = await candor([...args, '--json', '--quiet']);
	if (run.code !== 0) throw new Error(`candor ${args.join(' ')} ended with ${run.code}:\n${run.err}`);
	return JSON.parse(run.out);
};

/**
 * Run `candor` for its refusal.
 *
 * @param {string[]} args without `--json`
 * @returns {Promise<{code: number, kind: string, message: string, causes: string[], hint: ?string}>}
 * @throws {Error} if it exits with 0
 */
export const candorRefused = async (args) => {
	const { code, out, err } = await candor([...args, '--json', '--quiet']);
	if (code === 0) throw new Error(`candor ${args.join(' ')} was not refused:\n${out}`);
	try {
		return { code, ...JSON.parse(out).error };
	} catch {
		throw new Error(`candor ${args.join(' ')} ended with ${code} and without a reason:\n${out}${err}`);
	}
};

/**
 * Start `candor worker run`.
 *
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.folder] where its log goes
 * @param {string} [options.name] what messages call it
 * @returns {Daemon}
 */
export const startWorker = (args, options) => startCandor(['worker', 'run', ...args], { name: 'worker', ...options });

/**
 * Start a command in the background.
 *
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.name] what messages call it
 * @param {string} [options.folder] where its log goes
 * @returns {Daemon}
 */
export const startCandor = (args, { name = 'candor', folder = temporaryFolder(name) } = {}) =>
	new Daemon(name, cliBinary(), args, `${folder}/${name}.log`);
