// SPDX-License-Identifier: Apache-2.0

// JSON-RPC over bare sockets, as somebody speaks it who does not play by the rules of a library.

import { once } from 'node:events';
import { connect } from 'node:net';

import { compactToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import WebSocket from 'ws';

/** A socket that sends requests without waiting for answers. */
export class Socket {
	#socket;
	#next = 1;
	#waiting = new Map();

	/**
	 * Connect.
	 *
	 * @param {string} url
	 * @param {object} [options]
	 * @param {number} [options.timeout] in milliseconds
	 * @param {string} [options.from] the address from which to connect; on Linux any of 127.0.0.0/8
	 * @returns {Promise<Socket>}
	 */
	static open(url, { timeout = 10_000, from } = {}) {
		return new Promise((done, fail) => {
			const inner = new WebSocket(url, { localAddress: from });
			const timer = setTimeout(() => fail(new Error('no connection in time')), timeout);
			inner.onopen = () => (clearTimeout(timer), done(new Socket(inner)));
			inner.onerror = () => (clearTimeout(timer), fail(new Error('no connection')));
		});
	}

	constructor(socket) {
		this.#socket = socket;
		socket.onmessage = ({ data }) => {
			const answer = JSON.parse(data);
			this.#waiting.get(answer.id)?.(answer);
			this.#waiting.delete(answer.id);
		};
		socket.onerror = () => {};
		this.closed = new Promise((done) => {
			socket.onclose = () => {
				for (const answer of this.#waiting.values()) answer({ closed: true });
				this.#waiting.clear();
				done();
			};
		});
	}

	/** Whether it is connected. */
	get isOpen() {
		return this.#socket.readyState === WebSocket.OPEN;
	}

	/**
	 * Call a method.
	 *
	 * @param {string} method
	 * @param {...any} params
	 * @returns {Promise<{result?: any, error?: {code: number, message: string}, closed?: boolean}>}
	 */
	call(method, ...params) {
		const id = this.#next++;
		return new Promise((done) => {
			if (!this.isOpen) return done({ closed: true });
			this.#waiting.set(id, done);
			this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
		});
	}

	/** Close the connection, whatever it waits for. */
	close() {
		this.#socket.close();
	}
}

/**
 * A signed transaction that takes long to execute and spends next to nothing where it is only tried.
 *
 * @param {import('./chain.mjs').Chain} chain
 * @param {number} transfers how many transfers are in it
 * @returns {Promise<string>} in hex
 */
export const longTransaction = async (chain, transfers) => {
	const { api, accounts } = chain;
	const dest = (at) => u8aToHex(Uint8Array.from({ length: 32 }, (_, i) => (i < 4 ? (at >> (8 * i)) & 0xff : 7)));
	const one = api.tx.balances.transferKeepAlive;
	const calls = Array.from({ length: transfers }, (_, at) => one(dest(at), 1_000_000_000n));
	return (await api.tx.utility.forceBatch(calls).signAsync(accounts.eve, { nonce: -1, era: 0 })).toHex();
};

/**
 * Arguments of `state_call` for a call that takes about a tenth of a second and that no stranger is
 * refused: the fee of a batch of many calls.
 *
 * @param {import('./chain.mjs').Chain} chain
 * @returns {string[]}
 */
export const longQuestion = ({ api: { tx } }) => {
	const calls = 60_000;
	// Put together by hand, since the library takes longer than the node.
	const batch = tx.utility.batch([]).method.toU8a().subarray(0, 2);
	const one = tx.system.remark('0x').method.toU8a();
	const length = [0, 0, 1, 0];
	const call = u8aConcat(batch, compactToU8a(calls), ...Array(calls).fill(one));
	return ['TransactionPaymentCallApi_query_call_info', u8aToHex(u8aConcat(call, length))];
};

/**
 * Open a WebSocket and announce a message, of which nothing follows.
 *
 * @param {string} url
 * @param {number} bytes how long the message is to be
 * @returns {Promise<import('node:net').Socket>}
 */
export const announce = async (url, bytes) => {
	const { hostname, port, host } = new URL(url);
	const socket = connect({ host: hostname, port: Number(port) });
	socket.on('error', () => {});
	const key = Buffer.alloc(16).toString('base64');
	const head = [
		'GET / HTTP/1.1',
		`Host: ${host}`,
		'Connection: Upgrade',
		'Upgrade: websocket',
		'Sec-WebSocket-Version: 13',
		`Sec-WebSocket-Key: ${key}`,
	];
	socket.write(`${head.join('\r\n')}\r\n\r\n`);
	await Promise.race([once(socket, 'data'), once(socket, 'close')]);
	// A text of one frame, masked, whose length takes eight bytes.
	const frame = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
	frame.writeBigUInt64BE(BigInt(bytes), 2);
	socket.write(frame);
	return socket;
};
