// SPDX-License-Identifier: Apache-2.0

// Before the tests: compile and set up their models and circuits, and write out the specification of their
// chains, so that no test waits for it.

import { basename } from 'node:path';

import { model, SOURCES } from './artifacts.mjs';
import { weightedSum } from './circom.mjs';
import { devSpecification } from './node.mjs';
import { powers } from './powers.mjs';

for (const name of Object.keys(SOURCES)) {
	const { setup } = await model(name);
	console.log(`${name}: ${setup.architecture}, ${setup.scheme}, circuit ${setup.circuit}`);
}

const { source } = await weightedSum();
console.log(`circom: ${basename(source)}`);
console.log(`powers: ${basename(await powers())}`);
console.log(`chain: ${basename(await devSpecification())}`);
