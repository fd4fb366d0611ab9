// SPDX-License-Identifier: Apache-2.0

// Opens a job for a model's answer to one sample, follows it to its end, and prints the answer as JSON.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { u8aToHex } from '@polkadot/util';

import { commit, market, quantise } from './candor.mjs';

/** One coin, in its smallest unit. */
const UNIT = 10n ** 12n;
/** Blocks that a worker has from its claim on. */
const PROVING_PERIOD = 50;
/** Anybody may answer, under the setup of a ceremony; on a chain for development, under any. */
const DEMANDS = { who: 'Anyone', minReputation: 0, setup: 'Ceremony' };

const { values: options, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		url: { type: 'string', default: 'ws://127.0.0.1:9944' },
		suri: { type: 'string', default: '//Charlie' },
		model: { type: 'string', default: '0' },
		version: { type: 'string', default: '1' },
		price: { type: 'string', default: '2' },
		schema: { type: 'string', default: 'schema.json' },
	},
});
if (positionals.length === 0) {
	console.error(
		'usage: node ask.mjs [--url URL] [--suri SURI] [--model ID] [--version N] [--price CNDR] --schema FILE FEATURE…',
	);
	process.exit(2);
}

const api = await ApiPromise.create({ provider: new WsProvider(options.url), noInitWarn: true });
const { view, explain, send, ended } = market(api);
const say = (text) => console.error(text);

/** Asks, waits, and reads the answer. */
const ask = async () => {
	const requester = new Keyring({ type: 'sr25519' }).addFromUri(options.suri);
	const [model, version] = [Number(options.model), Number(options.version)];
	const price = BigInt(options.price) * UNIT;

	const quote = await view('Jobs', 'quote', model, version, price);
	if (quote.isErr) throw Object.assign(new Error('there is no quote'), explain(quote.asErr));

	const schema = JSON.parse(readFileSync(options.schema, 'utf8'));
	const input = quantise(schema, positionals.map(Number));
	const from = (await api.rpc.chain.getHeader()).number.toNumber();
	const terms = [{ Fixed: price }, 'Proven', DEMANDS, PROVING_PERIOD, from + 4 * PROVING_PERIOD];
	const open = api.tx.jobs.open(model, version, commit(input), u8aToHex(input), ...terms);
	const events = await send(requester, open);
	const job = events.find((event) => api.events.jobs.Opened.is(event)).data.job.toBigInt();
	say(`job ${job} is open; whose turn it is: ${(await view('Jobs', 'next_action', job)).type}`);

	const { data } = await ended(job, from).then((end) => {
		if (api.events.jobs.Settled.is(end)) return end;
		throw new Error(`nobody answered job ${job}, and the price was returned`);
	});
	const output = data.output.toU8a(true);
	const bytes = new DataView(output.buffer, output.byteOffset, output.length);
	const logits = Array.from({ length: output.length / 4 }, (_, at) => bytes.getInt32(4 * at, true));
	return { job: Number(job), worker: `${data.worker}`, logits, class: logits.indexOf(Math.max(...logits)) };
};

try {
	console.log(JSON.stringify(await ask()));
} catch (error) {
	say(`error: ${[error.message, error.name, error.meaning].filter(Boolean).join(': ')}`);
	process.exitCode = 1;
} finally {
	await api.disconnect();
}
