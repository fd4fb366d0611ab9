// SPDX-License-Identifier: Apache-2.0

// Before the tests: compile and set up their models, so that no test waits for it.

import { model } from './artifacts.mjs';

for (const name of ['digits', 'deep']) {
	const { compiled, setup } = await model(name);
	console.log(`${name}: ${setup.architecture}, ${compiled.constraints} constraints, circuit ${setup.circuit}`);
}
