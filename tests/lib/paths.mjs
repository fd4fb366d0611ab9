// SPDX-License-Identifier: Apache-2.0

// Where the binaries, the model and the cache are.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const { env } = process;

/** The root of the checkout. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where build products and compiled models are kept between runs. */
export const CACHE = env.CANDOR_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'candor');

/** Where nodes keep compiled runtimes, so that only the first of them compiles. */
export const RUNTIMES = join(CACHE, 'e2e', 'runtimes');

/** The folder of the demo's model. */
export const DIGITS = join(ROOT, 'models/digits');

/** The folder of another model of the demo. */
export const TREES = join(ROOT, 'models/trees');

/** The folder of the small models that only the tests use. */
export const MODELS = join(ROOT, 'tests/models');

/** The smallest model, one of the command line's own tests. */
export const TINY = join(ROOT, 'offchain/cli/tests/tiny');

/** The folder of the circuit that is made with circom. */
export const CIRCOM_EXAMPLE = join(ROOT, 'examples/circom');

/**
 * A binary of this project.
 *
 * @param {string} variable the environment variable that names it
 * @param {string} name its name in the target directory
 * @returns {string} its path
 * @throws {Error} if it is not there
 */
const binary = (variable, name) => {
	const path = env[variable] ?? join(env.CARGO_TARGET_DIR ?? join(CACHE, 'target'), 'checked', name);
	if (!existsSync(path)) {
		throw new Error(`there is no ${path}: run \`make build\`, or let ${variable} name the binary`);
	}
	return path;
};

/**
 * The node's binary: `CANDOR_NODE`, or what `make build` makes.
 *
 * @returns {string}
 */
export const nodeBinary = () => binary('CANDOR_NODE', 'candor-node');

/**
 * The command line's binary: `CANDOR_CLI`, or what `make build` makes.
 *
 * @returns {string}
 */
export const cliBinary = () => binary('CANDOR_CLI', 'candor');

/**
 * The example client's binary: `CANDOR_EXAMPLE`, or what `make build` makes.
 *
 * @returns {string}
 */
export const exampleBinary = () => binary('CANDOR_EXAMPLE', 'candor-example-client');
