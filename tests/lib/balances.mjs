// SPDX-License-Identifier: Apache-2.0

// Money, exact to the last unit.

import { stringToU8a, u8aConcat } from '@polkadot/util';
import { encodeAddress } from '@polkadot/util-crypto';

/** One whole coin, in its smallest unit. */
export const UNIT = 10n ** 12n;
/** A thousandth of a coin. */
export const MILLI = UNIT / 1000n;
/** A millionth of a coin. */
export const MICRO = UNIT / 1_000_000n;

/** The market's pot, which has the royalties that nobody has collected yet. Nobody has its key. */
export const POT = { address: encodeAddress(u8aConcat(stringToU8a('modlcndr/pot'), new Uint8Array(20)), 42) };

/**
 * @typedef {object} Balance
 * @property {bigint} free what can be spent, apart from the existential deposit
 * @property {bigint} held what is on hold for some reason
 * @property {Record<string, bigint>} holds what is on hold, by `Pallet.Reason`
 * @property {bigint} total both
 */

/**
 * @typedef {object} Ledger
 * @property {Record<string, Balance>} accounts by name
 * @property {bigint} issuance all money that there is
 */

/**
 * What accounts own.
 *
 * @param {import('./chain.mjs').Chain} chain
 * @param {Record<string, {address: string}>} accounts by name
 * @param {any} [block] the hash of the block to look at; the newest, if left out
 * @returns {Promise<Ledger>}
 */
export const ledger = async (chain, accounts, block) => {
	// Everything is read at one block.
	const { query } = await chain.api.at(block ?? (await chain.api.rpc.chain.getBlockHash()));
	const entries = await Promise.all(
		Object.entries(accounts).map(async ([name, { address }]) => {
			const [{ data }, records] = await Promise.all([query.system.account(address), query.balances.holds(address)]);
			const holds = Object.fromEntries(
				records.map(({ id, amount }) => [`${id.type}.${id.value.type}`, amount.toBigInt()]),
			);
			const [free, held] = [data.free.toBigInt(), data.reserved.toBigInt()];
			return [name, { free, held, holds, total: free + held }];
		}),
	);
	const issuance = (await query.balances.totalIssuance()).toBigInt();
	return { accounts: Object.fromEntries(entries), issuance };
};

/**
 * What has changed between two ledgers.
 *
 * @param {Ledger} before
 * @param {Ledger} after
 * @returns {{accounts: Record<string, {free: bigint, held: bigint, total: bigint}>, issuance: bigint}}
 */
export const changes = (before, after) => ({
	accounts: Object.fromEntries(
		Object.entries(after.accounts).map(([name, { free, held, total }]) => [
			name,
			{
				free: free - before.accounts[name].free,
				held: held - before.accounts[name].held,
				total: total - before.accounts[name].total,
			},
		]),
	),
	issuance: after.issuance - before.issuance,
});

/**
 * An amount for people, in coins.
 *
 * @param {bigint} amount
 * @param {number} [most] decimals at most; the rest is cut off
 * @param {number} [least] decimals at least
 * @returns {string}
 */
export const coins = (amount, most = 12, least = 1) => {
	const magnitude = amount < 0n ? -amount : amount;
	const fraction = `${magnitude % UNIT}`.padStart(12, '0').slice(0, most).replace(/0+$/, '').padEnd(least, '0');
	const whole = `${magnitude / UNIT}`.replace(/\B(?=(\d{3})+$)/g, ',');
	return `${amount < 0n ? '-' : ''}${whole}.${fraction}`;
};

/**
 * What accounts have paid for transactions in a range of blocks, by address.
 *
 * @param {import('./chain.mjs').Chain} chain
 * @param {number} from the first block
 * @param {number} to the last block
 * @returns {Promise<Map<string, bigint>>}
 */
export const feesBetween = async ({ api }, from, to) => {
	const fees = new Map();
	for (let number = from; number <= to; number++) {
		const { query } = await api.at(await api.rpc.chain.getBlockHash(number));
		for (const { event } of await query.system.events()) {
			if (!api.events.transactionPayment.TransactionFeePaid.is(event)) continue;
			const { who, actualFee } = event.data;
			fees.set(`${who}`, (fees.get(`${who}`) ?? 0n) + actualFee.toBigInt());
		}
	}
	return fees;
};
