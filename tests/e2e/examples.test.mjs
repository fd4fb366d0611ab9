// SPDX-License-Identifier: Apache-2.0

// The programs in examples/, run as they stand.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { inputBytes, prove, sample } from '../lib/artifacts.mjs';
import { candor, startWorker } from '../lib/cli.mjs';
import { Market } from '../lib/market.mjs';
import { CIRCOM_EXAMPLE, exampleBinary, ROOT } from '../lib/paths.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const run = promisify(execFile);
/** The sample of the test set that is asked about. */
const LINE = 1;

const text = (...path) => readFileSync(join(ROOT, ...path), 'utf8');
const json = (...path) => JSON.parse(text(...path));

describe('the dApp’s source', () => {
	it('asks for the packages that the tests have', () => {
		const { dependencies } = json('examples/dapp/package.json');
		const tested = json('tests/package.json').dependencies;
		for (const [name, version] of Object.entries(dependencies)) assert.equal(version, tested[name], name);
	});

	it('has the functions of the page for dApp developers', () => {
		// Apart from where lines are broken.
		const plain = (code) =>
			code
				.replace(/^import .*$|export /gm, '')
				.replace(/\s+/g, '')
				.replace(/,(?=[)\]}])/g, '');
		const example = plain(text('examples/dapp/candor.mjs'));
		const page = text('docs/dapps.md');
		const functions = ['view', 'explain', 'failure', 'send', 'final', 'stateOf', 'ended', 'quantise', 'commit'];
		for (const name of functions) {
			const [code] = page.match(new RegExp(`^const ${name} = (?:.*;$|[^]*?^\\S*};$|[^]*?^}\\).*;$)`, 'm'));
			assert(example.includes(plain(code)), `${name} is not that of docs/dapps.md`);
		}
	});
});

describe('asks a model', () => {
	let market, worker, folder;

	before(async () => {
		market = await Market.start({ blockTime: 500 });
		const data = temporaryFolder('state');
		const { url } = market.chain.node;
		worker = startWorker(['--dir', market.model.folder, '--data', data, '--url', url, '--suri', '//Dave']);
		await worker.logged(/ready/);
		folder = temporaryFolder('dapp');
		cpSync(join(ROOT, 'examples/dapp'), folder, { recursive: true });
		symlinkSync(join(ROOT, 'tests/node_modules'), join(folder, 'node_modules'));
	});
	after(async () => {
		await worker?.stop();
		await market?.stop();
	});

	/** Runs it about a sample. */
	const ask = (...more) => {
		const schema = join(market.model.folder, 'schema.json');
		const features = sample(market.model.samples, LINE).values.map(String);
		const args = ['ask.mjs', '--url', market.chain.node.url, '--schema', schema, ...more, ...features];
		return run(process.execPath, args, { cwd: folder });
	};

	it('the dApp, and gets the right answer', async () => {
		const { stdout } = await ask();
		const { logits } = await prove(market.model, LINE);
		const { label } = sample(market.model.samples, LINE);
		assert.deepEqual(JSON.parse(stdout), { job: 0, worker: market.dave.address, logits, class: label });
	});

	it('the dApp, and tells the chain’s reason when it is refused', async () => {
		await assert.rejects(ask('--model', '7'), ({ code, stderr }) => {
			assert.equal(code, 1);
			assert.match(stderr, /jobs\.UnknownModel/);
			return true;
		});
	});

	it('the Rust client, and gets the right output', async () => {
		const input = inputBytes(market.model, LINE).toString('hex');
		const { stdout } = await run(exampleBinary(), ['--url', market.chain.node.url, input]);
		const { output } = await prove(market.model, LINE);
		assert.equal(`0x${stdout.trim()}`, output);
	});
});

describe('the circom circuit', () => {
	const file = (name) => join(CIRCOM_EXAMPLE, name);
	const verify = (inputs) =>
		candor(['verify', '--vk', file('verification_key.json'), '--proof', file('proof.json'), '--public', inputs]);

	it('has a proof beside it that holds', async () => {
		const { code, out, err } = await verify(file('public.json'));
		assert.deepEqual([code, out], [0, 'valid\n'], err);
	});
});
