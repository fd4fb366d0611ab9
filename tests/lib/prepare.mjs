// SPDX-License-Identifier: Apache-2.0

// Before the tests: compile and set up their models and circuits, and write out the specification of their
// chains, so that no test waits for it.

import { basename } from 'node:path';

import { model } from './artifacts.mjs';
import { weightedSum } from './circom.mjs';
import { devSpecification } from './node.mjs';

for (const name of ['digits', 'deep']) {
	const { compiled, setup } = await model(name);
	console.log(`${name}: ${setup.architecture}, ${compiled.constraints} constraints, circuit ${setup.circuit}`);
}

const { source } = await weightedSum();
console.log(`circom: ${basename(source)}`);
console.log(`chain: ${basename(await devSpecification())}`);
