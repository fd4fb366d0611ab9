// SPDX-License-Identifier: Apache-2.0

// Real nodes on free ports in temporary folders.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { RUNTIMES, nodeBinary } from './paths.mjs';
import { Daemon, keepFolder, removeFolder, temporaryFolder } from './processes.mjs';
import { shelf } from './shelf.mjs';

const run = promisify(execFile);
const START_TIMEOUT = 180_000;
const RPC_LINE = /Running JSON-RPC server: addr=(?:\[::1\]:\d+, ?)*127\.0\.0\.1:(\d+)/;

/** A running node. */
export class Node {
	/**
	 * @param {Daemon} daemon
	 * @param {string} folder
	 * @param {number} port
	 */
	constructor(daemon, folder, port) {
		this.daemon = daemon;
		this.folder = folder;
		this.url = `ws://127.0.0.1:${port}`;
	}

	/** End the node and remove its folder. */
	async stop() {
		await this.daemon.kill();
		removeFolder(this.folder);
	}

	/**
	 * End a development chain's node, check its last state, and remove its folder.
	 *
	 * @throws {Error} if a coin is on hold that no record explains, or another check fails
	 */
	async close() {
		await this.daemon.stop();
		const chain = ['--dev', '--chain', await devSpecification(), '--base-path', join(this.folder, 'data')];
		const { stdout } = await run(nodeBinary(), ['check-state', ...chain, '--runtime-cache', RUNTIMES]);
		if (!/^ +holds +ok$/m.test(stdout)) throw new Error(`the books were not checked:\n${stdout}`);
		removeFolder(this.folder);
	}

	/** Let the node and its folder outlive this process. */
	release() {
		this.daemon.release();
		keepFolder(this.folder);
	}
}

/**
 * Start a node and wait until it answers.
 *
 * @param {string[]} args what to add to the ports and the folder; with a `--base-path`, that is its folder,
 *   and with a `--runtime-cache` that is where it keeps compiled runtimes
 * @param {object} [options]
 * @param {string} [options.name] what messages call it
 * @param {number} [options.rpcPort] 0 for any that is free
 * @returns {Promise<Node>}
 */
export const startNode = async (args, { name = 'node', rpcPort = 0 } = {}) => {
	const folder = temporaryFolder(name);
	const daemon = new Daemon(
		name,
		nodeBinary(),
		[
			...(args.includes('--base-path') ? [] : ['--base-path', join(folder, 'data')]),
			...(args.includes('--runtime-cache') ? [] : ['--runtime-cache', RUNTIMES]),
			...['--rpc-port', `${rpcPort}`],
			...['--listen-addr', '/ip4/127.0.0.1/tcp/0'],
			'--no-prometheus',
			'--no-telemetry',
			'--no-mdns',
			'--unsafe-force-node-key-generation',
			...args,
		],
		join(folder, 'node.log'),
	);
	const [, port] = await daemon.logged(RPC_LINE, START_TIMEOUT);
	return new Node(daemon, folder, Number(port));
};

/**
 * The specification of the development chain with its genesis state written out. Asked for by its name
 * alone, a node compiles the runtime once more at each start, and `check-state` three times, to compute
 * that state.
 *
 * @returns {Promise<string>} the path of a JSON file
 */
export const devSpecification = async () => {
	const file = 'dev.json';
	const folder = await shelf('chain', [nodeBinary()], async (work) => {
		const args = ['export-chain-spec', '--chain', 'dev', '--raw', '--output', join(work, file)];
		await run(nodeBinary(), args).catch(({ message, stdout, stderr }) => {
			throw new Error([message, stdout, stderr].join('\n'));
		});
	});
	return join(folder, file);
};

/**
 * Start a development chain.
 *
 * @param {object} [options]
 * @param {number} [options.blockTime] milliseconds between blocks; with 0 there are blocks only for
 *   transactions and on demand
 * @param {number} [options.rpcPort] 0 for any that is free
 * @param {string[]} [options.args] more arguments
 * @returns {Promise<Node>}
 */
export const startDevNode = async ({ blockTime = 0, rpcPort = 0, args = [] } = {}) => {
	const chain = ['--dev', '--chain', await devSpecification()];
	return startNode([...chain, '--block-time', `${blockTime}`, ...args], { name: 'dev', rpcPort });
};
