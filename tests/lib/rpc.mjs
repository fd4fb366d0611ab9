// SPDX-License-Identifier: Apache-2.0

// JSON-RPC over bare sockets, as somebody speaks it who does not play by the rules of a library.

import { u8aToHex } from '@polkadot/util';
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
	 * @param {number} [timeout] in milliseconds
	 * @returns {Promise<Socket>}
	 */
	static open(url, timeout = 10_000) {
		return new Promise((done, fail) => {
			const inner = new WebSocket(url);
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
