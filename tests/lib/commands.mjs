// SPDX-License-Identifier: Apache-2.0

// What the tests of commands share: arguments, and what a run has reported.

import { join } from 'node:path';

import { candor } from './cli.mjs';

const LINE = 3;

/**
 * The arguments that open a job.
 *
 * @param {import('./market.mjs').Market} market
 * @param {string} name who pays
 * @param {...string} more
 * @returns {string[]}
 */
export const openArguments = ({ model, chain }, name, ...more) => [
	...['job', 'open', '--model', '0:1', '--schema', join(model.folder, 'schema.json'), '--input', model.samples],
	...['--sample', `${LINE}`, '--price', '2', '--url', chain.node.url, '--suri', `//${name}`, ...more],
];

/**
 * A run for programs: its exit code, what it reports, and how long it took.
 *
 * @param {string[]} args without `--json`
 */
export const run = async (args) => {
	const begun = Date.now();
	const { code, out, err } = await candor([...args, '--json', '--quiet']);
	return { code, seconds: (Date.now() - begun) / 1000, err, ...JSON.parse(out) };
};

/**
 * What a command in the background has reported, with its exit code.
 *
 * @param {import('./processes.mjs').Daemon} daemon started with `--json`
 * @param {number} [timeout] in milliseconds
 */
export const reportOf = async (daemon, timeout) => {
	const { code } = await daemon.ended(timeout);
	return { code, ...JSON.parse(daemon.log.slice(daemon.log.search(/^\{$/m))) };
};
