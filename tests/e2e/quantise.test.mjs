// SPDX-License-Identifier: Apache-2.0

// What the page for dApps does to features, which must be what the command line does.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { MODELS, ROOT } from '../lib/paths.mjs';

/** The function of docs/dapps.md, as it stands there. */
const pageQuantise = () => {
	const text = readFileSync(join(ROOT, 'docs/dapps.md'), 'utf8');
	const [, code] = text.match(/^const quantise = (.*?^});$/ms);
	return new Function(`return ${code}`)();
};

const schema = (scale, zero_point, input_len) => ({
	input: { per_tensor: { feature: { scale, zero_point } } },
	input_len,
});

const cut = (features) => ({ input: { cuts: { features } }, input_len: features.length });

describe('the quantise of the page for dApps', () => {
	const quantise = pageQuantise();
	const edges = JSON.parse(readFileSync(join(MODELS, 'rounding.json'), 'utf8'));

	it('rounds as the compiler does at every edge', () => {
		assert(edges.length > 20);
		for (const [x, expected] of edges) assert.equal(Math.round(x) + 0, expected + 0, `${x}`);
		const bytes = edges.filter(([, rounded]) => rounded >= 0 && rounded <= 255);
		const features = bytes.map(([x]) => x);
		const expected = bytes.map(([, rounded]) => rounded);
		assert.deepEqual([...quantise(schema(1, 0, features.length), features)], expected);
	});

	it('refuses values that the model was not calibrated for', () => {
		assert.deepEqual([...quantise(schema(0.5, 10, 2), [-5, 122.5])], [0, 255]);
		for (const x of [-5.5, 123, 1e300]) {
			assert.throws(() => quantise(schema(0.5, 10, 2), [0, x]), /feature 2 is .*, calibrated from -5 to 122.5/);
		}
		for (const x of [NaN, Infinity]) {
			assert.throws(() => quantise(schema(0.5, 10, 2), [0, x]), /feature 2 is/);
			assert.throws(() => quantise(cut([[], []]), [0, x]), /feature 2 is/);
		}
		const named = { ...schema(0.5, 10, 2), feature_names: ['age', 'size'] };
		assert.throws(() => quantise(named, [0, 123]), /feature size is 123/);
	});

	it('counts the cuts below a value, an equal one not among them', () => {
		const model = cut([[-0.5, 1.5], [], [0.1]]);
		assert.deepEqual([...quantise(model, [-0.5, 1e300, 0.1])], [0, 0, 0]);
		assert.deepEqual([...quantise(model, [1.5, -1e300, 0.1 + Number.EPSILON])], [1, 0, 1]);
		assert.deepEqual([...quantise(model, [1.500001, 0, -1])], [2, 0, 0]);
		assert.throws(() => quantise(model, [1]), /3 features are expected, not 1/);
	});

	it('refuses another number of features', () => {
		assert.throws(() => quantise(schema(1, 0, 2), [1]), /2 features are expected, not 1/);
	});
});
