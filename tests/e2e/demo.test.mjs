// SPDX-License-Identifier: Apache-2.0

// The demo as `make demo` runs it, and how it fails.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { cliBinary, nodeBinary, ROOT } from '../lib/paths.mjs';
import { temporaryFolder } from '../lib/processes.mjs';

const TIMEOUT = 180_000;

/** Runs the demo to its end. */
const demo = (env = {}) =>
	new Promise((done) => {
		const known = { ...process.env, KEEP: '', CANDOR_NODE: nodeBinary(), CANDOR_CLI: cliBinary() };
		const options = { env: { ...known, ...env }, timeout: TIMEOUT };
		execFile(process.execPath, [join(ROOT, 'tests/demo/demo.mjs')], options, (error, out, err) =>
			done({ code: error ? error.code : 0, out, err }),
		);
	});

const isRunning = (pid) => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

describe('the demo', () => {
	it('tells its story, stops the chain and ends well', async () => {
		const { code, out, err } = await demo();
		assert.equal(code, 0, out + err);
		for (const line of [
			/accuracy, integers +97\.\d\d %/,
			/The answer, proved: this is a (\d)\. The label says \1\./,
			/1\.7 to the worker \+ 0\.2 royalty \+ 0\.1 burnt = 2\.0 CNDR/,
			/score +9\.09 %/,
			/The answer, proved: (benign|malignant)\. The label says \1\./,
			/a changed output[^]*✗ jobs\.InvalidProof/,
			/another worker[^]*✗ jobs\.NotClaimant/,
			/a replay[^]*✗ jobs\.InvalidProof/,
			/after the deadline[^]*✗ jobs\.DeadlinePassed/,
			/price of 2\.0 CNDR back/,
		]) {
			assert.match(out, line);
		}
		assert.equal(out.match(/checked to the last unit/g).length, 2);
		const [, pid] = out.match(/process (\d+)/);
		assert.equal(isRunning(Number(pid)), false);
	});

	it('leaves the chain running on request, and says how to stop it', async () => {
		const { code, out, err } = await demo({ KEEP: '1' });
		assert.equal(code, 0, out + err);
		const pid = Number(out.match(/process (\d+)/)[1]);
		try {
			assert(isRunning(pid));
			assert.match(out, /https:\/\/polkadot\.js\.org\/apps\/\?rpc=ws%3A%2F%2F127\.0\.0\.1%3A\d+/);
			assert.match(out, new RegExp(`kill ${pid} && rm -r `));
		} finally {
			process.kill(pid, 'SIGKILL');
		}
		for (let wait = 0; isRunning(pid) && wait < 100; wait++) await sleep(100);
		assert.equal(isRunning(pid), false);
		rmSync(out.match(/rm -r (\S*candor-dev-\w+)/)[1], { recursive: true });
	});

	/** A program in the place of one of the binaries. */
	const broken = (script) => {
		const path = join(temporaryFolder('broken'), 'binary');
		writeFileSync(path, `#!/bin/sh\n${script}\n`);
		chmodSync(path, 0o755);
		return path;
	};

	it('names the step and the reason when something goes wrong', async () => {
		const cases = [
			[{ CANDOR_CLI: '/nowhere/candor' }, /step "A model becomes a circuit": there is no \/nowhere\/candor/],
			[{ CANDOR_CLI: broken('echo "error: no memory" >&2; exit 2') }, /step "A model becomes a circuit": .*no memory/s],
			[{ CANDOR_NODE: '/nowhere/node' }, /step "A chain starts": there is no \/nowhere\/node/],
			[{ CANDOR_NODE: broken('echo "the disk is full"; exit 1') }, /step "A chain starts": .*the disk is full/s],
		];
		for (const [env, reason] of cases) {
			const { code, err } = await demo(env);
			assert.equal(code, 1, err);
			assert.match(err, /^demo failed at /);
			assert.match(err, reason);
		}
	});
});
