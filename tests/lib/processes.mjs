// SPDX-License-Identifier: Apache-2.0

// Child processes and temporary folders that never outlive the tests.

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL = 50;
const STOP_TIMEOUT = 15_000;
const LAST_LINES = 25;

const folders = new Set();
const running = new Set();

process.on('exit', () => {
	for (const child of running) child.kill('SIGKILL');
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const [signal, number] of [
	['SIGINT', 2],
	['SIGTERM', 15],
	['SIGHUP', 1],
]) {
	process.once(signal, () => process.exit(128 + number));
}

/**
 * A new temporary folder. It vanishes with this process.
 *
 * @param {string} [name] part of its name
 * @returns {string} its path
 */
export const temporaryFolder = (name = 'test') => {
	const folder = mkdtempSync(join(tmpdir(), `candor-${name}-`));
	folders.add(folder);
	return folder;
};

/**
 * Leave a temporary folder behind when this process ends.
 *
 * @param {string} folder
 */
export const keepFolder = (folder) => folders.delete(folder);

/**
 * Remove a temporary folder now.
 *
 * @param {string} folder
 */
export const removeFolder = (folder) => {
	rmSync(folder, { recursive: true, force: true });
	folders.delete(folder);
};

/** A process in the background whose output goes to a file. It ends with this one, unless released. */
export class Daemon {
	#child;
	#ended;
	#released = false;

	/**
	 * @param {string} name what messages call it
	 * @param {string} command the binary
	 * @param {string[]} args its arguments
	 * @param {string} logFile where both of its outputs go
	 * @param {object} [env] more environment variables
	 */
	constructor(name, command, args, logFile, env = {}) {
		this.name = name;
		this.logFile = logFile;
		const log = openSync(logFile, 'a');
		// A session of its own, so that Ctrl-C in the terminal is left to this process to pass on.
		this.#child = spawn(command, args, {
			detached: true,
			env: { ...process.env, ...env },
			stdio: ['ignore', log, log],
		});
		closeSync(log);
		running.add(this.#child);
		this.#ended = new Promise((done) => {
			this.#child.once('error', (error) => done({ error: error.message }));
			this.#child.once('exit', (code, signal) => done({ code, signal }));
		}).then((end) => {
			running.delete(this.#child);
			this.end = end;
			return end;
		});
	}

	/** The process id. */
	get pid() {
		return this.#child.pid;
	}

	/** All that it has said. */
	get log() {
		return readFileSync(this.logFile, 'utf8');
	}

	/** The last lines that it has said, for messages. */
	get lastLines() {
		return this.log.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
	}

	/**
	 * Wait until the log contains something.
	 *
	 * @param {RegExp} pattern
	 * @param {number} timeout in milliseconds
	 * @returns {Promise<RegExpMatchArray>}
	 */
	async logged(pattern, timeout = 60_000) {
		const until = Date.now() + timeout;
		for (;;) {
			const match = this.log.match(pattern);
			if (match) return match;
			if (this.end) {
				throw new Error(
					`${this.name} ended (${JSON.stringify(this.end)}) before it said ${pattern}:\n${this.lastLines}`,
				);
			}
			if (Date.now() > until) {
				throw new Error(`${this.name} did not say ${pattern} within ${timeout} ms:\n${this.lastLines}`);
			}
			await sleep(POLL);
		}
	}

	/**
	 * Send a signal.
	 *
	 * @param {NodeJS.Signals} signal
	 */
	signal(signal) {
		this.#child.kill(signal);
	}

	/**
	 * Wait for the end.
	 *
	 * @param {number} [timeout] in milliseconds
	 * @returns {Promise<{code?: number, signal?: string, error?: string}>}
	 */
	async ended(timeout = 60_000) {
		const end = await Promise.race([this.#ended, sleep(timeout, undefined, { ref: false })]);
		if (!end) throw new Error(`${this.name} is still running after ${timeout} ms:\n${this.lastLines}`);
		return end;
	}

	/**
	 * End it: politely first, then not.
	 *
	 * @returns {Promise<{code?: number, signal?: string}>}
	 */
	async stop() {
		if (!this.end && !this.#released) {
			this.signal('SIGTERM');
			await this.ended(STOP_TIMEOUT).catch(() => this.signal('SIGKILL'));
		}
		return this.#ended;
	}

	/**
	 * End it at once, where nothing that it keeps is needed again.
	 *
	 * @returns {Promise<{code?: number, signal?: string}>}
	 */
	async kill() {
		if (!this.end && !this.#released) this.signal('SIGKILL');
		return this.#ended;
	}

	/** Let it outlive this process. */
	release() {
		running.delete(this.#child);
		this.#child.unref();
		this.#released = true;
	}
}
