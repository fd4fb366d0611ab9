// SPDX-License-Identifier: Apache-2.0

// Real nodes on free ports in temporary folders.

import { join } from 'node:path';

import { nodeBinary } from './paths.mjs';
import { Daemon, keepFolder, removeFolder, temporaryFolder } from './processes.mjs';

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

	/** Let the node and its folder outlive this process. */
	release() {
		this.daemon.release();
		keepFolder(this.folder);
	}
}

/**
 * Start a node and wait until it answers.
 *
 * @param {string[]} args what to add to the ports and the folder
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
			...['--base-path', join(folder, 'data')],
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
 * Start a development chain.
 *
 * @param {object} [options]
 * @param {number} [options.blockTime] milliseconds between blocks; with 0 there are blocks only for
 *   transactions and on demand
 * @param {number} [options.rpcPort] 0 for any that is free
 * @param {string[]} [options.args] more arguments
 * @returns {Promise<Node>}
 */
export const startDevNode = ({ blockTime = 0, rpcPort = 0, args = [] } = {}) =>
	startNode(['--dev', '--block-time', `${blockTime}`, ...args], { name: 'dev', rpcPort });
