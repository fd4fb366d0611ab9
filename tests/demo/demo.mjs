#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0

// One inference from the model to its payment, another of a model of another kind, then four attempts to cheat. Needs nothing but the two
// binaries: CANDOR_NODE and CANDOR_CLI name them. KEEP=1 leaves the chain running.

import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { build, inputBytes, prove, sample, SOURCES } from '../lib/artifacts.mjs';
import { changes, coins, feesBetween, ledger, UNIT } from '../lib/balances.mjs';
import { Chain, plain } from '../lib/chain.mjs';
import { candorJson, startWorker } from '../lib/cli.mjs';
import { Books, event, Market } from '../lib/market.mjs';
import { temporaryFolder } from '../lib/processes.mjs';
import { count, fact, percent, picture, say, seconds, short, step, table } from './tell.mjs';

const KEEP = Boolean(process.env.KEEP) && process.env.KEEP !== '0';
/** Milliseconds between blocks: quick enough for a demo, slow enough to follow. */
const BLOCK_TIME = 500;
const DEFAULT_PORT = 9944;
/** The held-out image of the story. */
const LINE = 4;
const PIXELS = { width: 8, white: 16 };
/** What the trees tell apart. */
const KINDS = ['malignant', 'benign'];
const PRICE = 2n * UNIT;
const BOND = '100';
const ROYALTY = '10%';
/** A job with time for one claim only. */
const SHORT_PERIOD = 10;
const PATIENCE = 120_000;

/** Who plays which part, in the order of the tables. */
const ROLES = {
	bob: 'Bob, model owner',
	charlie: 'Charlie, requester',
	dave: 'Dave, worker',
	eve: 'Eve, another worker',
	alice: 'Alice, validator',
};

/** Everything that must be undone in the end. */
const undo = [];

/** Whether nobody listens on a port of this machine. */
const isFree = (port) =>
	new Promise((done) => {
		const server = createServer();
		server.once('error', () => done(false));
		server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
	});

/** Decimals that the tables show. */
const SHOWN = 6;
/** An amount in a table. */
const cell = (amount) => coins(amount, SHOWN, SHOWN);
const signed = (amount) => (amount > 0n ? `+${cell(amount)}` : cell(amount));

/** Fails unless two amounts are equal to the last unit. */
const mustEqual = (what, actual, expected) => {
	if (actual !== expected) throw new Error(`${what} is ${coins(actual)}, and should be ${coins(expected)}`);
};

/**
 * Everybody's money before and after, and a check that every unit is accounted for.
 *
 * @param {Chain} chain
 * @param {{number: number, ledger: object}} before a snapshot
 * @param {{number: number, ledger: object}} after a snapshot
 * @param {Record<string, bigint>} due what each account gets or gives, apart from fees; `issuance` too
 */
const showMoney = async (chain, before, after, due) => {
	const fees = await feesBetween(chain, before.number + 1, after.number);
	const paid = (name) => fees.get(chain.accounts[name].address) ?? 0n;
	const allFees = [...fees.values()].reduce((sum, fee) => sum + fee, 0n);
	const feesOf = (name) => (name === 'alice' ? allFees : 0n) - paid(name);
	const moved = changes(before.ledger, after.ledger);
	const rows = Object.entries(ROLES).map(([name, role]) => {
		const [was, is] = [before.ledger.accounts[name], after.ledger.accounts[name]];
		const amounts = [was.free, was.held, is.free, is.held].map(cell);
		return [role, ...amounts, signed(moved.accounts[name].total), signed(feesOf(name))];
	});
	table(['CNDR', 'free before', 'held before', 'free after', 'held after', 'change', 'of it fees'], rows);

	for (const [name, role] of Object.entries(ROLES)) {
		mustEqual(`the change of ${role}`, moved.accounts[name].total, (due[name] ?? 0n) + feesOf(name));
	}
	mustEqual('the change of all money there is', moved.issuance, due.issuance ?? 0n);
	say('Shown to a millionth, checked to the last unit: every change is what was due, and fees. All fees went to');
	say(`the validator. All the money that there is has changed by ${signed(moved.issuance)} CNDR, which were burnt.`);
};

/** What everybody owns now. */
const snapshot = async (chain) => {
	const accounts = Object.fromEntries(Object.keys(ROLES).map((name) => [name, chain.accounts[name]]));
	const block = await chain.api.rpc.chain.getBlockHash();
	const number = (await chain.api.rpc.chain.getHeader(block)).number.toNumber();
	return { number, ledger: await ledger(chain, accounts, block) };
};

/** Waits for an event about a job in a block from `from` on. */
const awaitEvent = async (chain, from, id, job) => {
	const { api } = chain;
	const until = Date.now() + PATIENCE;
	for (let number = from; ; number++) {
		while ((await chain.height()) < number) {
			if (Date.now() > until) throw new Error(`no ${id} of job ${job} within ${PATIENCE / 1000} s`);
			await sleep(BLOCK_TIME / 5);
		}
		const { query } = await api.at(await api.rpc.chain.getBlockHash(number));
		for (const { event } of await query.system.events()) {
			if (`${event.section}.${event.method}` !== id || !event.data.job.eq(job)) continue;
			const fields = event.data.names.map((name, at) => [name, plain(event.data[at])]);
			return { number, ...Object.fromEntries(fields) };
		}
	}
};

/** How long a worker took for its last proof, in seconds, as its log tells. */
const provingTime = (log) => {
	const entries = log.split('\n').flatMap((line) => (line.startsWith('{"') ? [JSON.parse(line)] : []));
	return entries.findLast(({ message }) => message === 'proved').seconds;
};

/** The command line's options for acting as somebody. */
const as = (chain, name) => ['--url', chain.node.url, '--suri', `//${name}`];

/** Compiles a model and sets up its circuit. */
const prepared = async (source, folder) => {
	const { compiled, setup } = await build(source, folder);
	return {
		folder,
		samples: source.samples,
		compiled,
		setup,
		commitment: setup.commitment,
		schema: JSON.parse(readFileSync(join(folder, 'schema.json'), 'utf8')),
		key: readFileSync(join(folder, 'verifying.key')),
	};
};

/** Registers Bob's circuit and model, and says so. */
const registered = async (chain, { folder }) => {
	const { circuit, deposit } = await candorJson(['circuit', 'register', folder, ...as(chain, 'Bob')]);
	fact('circuit', `${short(circuit)}, by Bob against a deposit of ${deposit} CNDR`);
	const sold = await candorJson(['model', 'register', folder, '--royalty', ROYALTY, ...as(chain, 'Bob')]);
	fact('model', `${sold.model}, version ${sold.version}, by Bob, who asks for a royalty of ${ROYALTY}`);
	return { circuit, sold: { model: BigInt(sold.model), version: BigInt(sold.version) } };
};

/** Opens a job of Charlie's on a sample, and says so. */
const asked = async (chain, { folder, samples }, { model, version }, at) => {
	const opened = await candorJson([
		...['job', 'open', '--model', `${model}:${version}`],
		...['--schema', join(folder, 'schema.json')],
		...['--input', samples, '--sample', `${at}`],
		...['--price', coins(PRICE), ...as(chain, 'Charlie')],
	]);
	fact('job', `${opened.job}, to be answered by block ${opened.deadline}`);
	return BigInt(opened.job);
};

/** Dave's daemon answers a job that was opened in a block from `from` on; what was settled, with the logits. */
const answered = async (chain, { folder }, job, from) => {
	const begun = Date.now();
	const own = temporaryFolder('worker');
	const worker = startWorker(
		['--dir', folder, '--data', join(own, 'state'), '--once', '1', '--json', ...as(chain, 'Dave')],
		{ folder: own },
	);
	undo.push(() => worker.stop());
	const died = worker.ended(PATIENCE).then(({ code }) => {
		if (code !== 0) throw new Error(`the worker ended with ${code}:\n${worker.lastLines}`);
	});
	const first = (event) => Promise.race([event, died.then(() => event)]);
	const claimed = await first(awaitEvent(chain, from, 'jobs.Claimed', job));
	fact(
		`block ${claimed.number}`,
		`claimed: ${coins(claimed.bond)} CNDR of the bond are locked until block ${claimed.until}`,
	);
	const settled = await first(awaitEvent(chain, claimed.number, 'jobs.Settled', job));
	await died;
	fact('proved', `in ${seconds(provingTime(worker.log))}`);
	fact(`block ${settled.number}`, 'submitted, verified in consensus, and paid at once');
	fact('from start to payment', seconds((Date.now() - begun) / 1000));
	const bytes = Buffer.from(settled.output.slice(2), 'hex');
	const logits = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readInt32LE(4 * at));
	return { ...settled, logits };
};

/** An attempt that has to be refused, for this reason and without moving anybody's money. */
const refused = async (chain, what, signer, call, reason) => {
	say(what);
	const books = new Books(chain, Object.keys(ROLES));
	const refusal = await books.refuses(signer, call, reason);
	say(`  ✗ ${refusal.id}: ${refusal.docs}`);
	say(`    (block ${refusal.included.number}; nothing moved but a fee of ${cell(refusal.included.fee)} CNDR)`);
};

const story = async () => {
	const folder = temporaryFolder('demo');
	const model = await step('A model becomes a circuit', async () => {
		say('A perceptron that reads handwritten digits is compiled to integers, and its circuit is set up.');
		say();
		const model = await prepared(SOURCES.digits, join(folder, 'model'));
		const { compiled, setup } = model;
		fact('architecture', `${setup.architecture}, ${count(compiled.parameters)} parameters`);
		fact('accuracy, float', `${percent(compiled.float_accuracy)} of the held-out images`);
		fact('accuracy, integers', `${percent(compiled.integer_accuracy)} of the held-out images`);
		fact('constraints', `${count(compiled.constraints)}; the weights stand in the verifying equation and cost none`);
		fact('public inputs', compiled.public_inputs);
		fact('setup', `${seconds(setup.setup_seconds)}, by one party alone: for development only`);
		fact('proving key', `${count(setup.proving_key_bytes)} bytes`);
		fact('verifying key', `${count(statSync(join(model.folder, 'verifying.key')).size)} bytes`);
		fact('commitment to the weights', short(setup.commitment));
		return model;
	});

	const chain = await step('A chain starts', async () => {
		const rpcPort = KEEP && (await isFree(DEFAULT_PORT)) ? DEFAULT_PORT : 0;
		const chain = await Chain.start({ blockTime: BLOCK_TIME, rpcPort });
		undo.push(() => (KEEP ? chain.api.disconnect() : chain.stop()));
		fact('node', `${chain.node.url}, process ${chain.node.daemon.pid}`);
		fact('genesis', chain.genesis);
		fact('blocks', `every ${BLOCK_TIME} ms, and for every transaction`);
		return chain;
	});
	const { url } = chain.node;
	const { dave, eve } = chain.accounts;
	const market = new Market(chain, model);

	await step('Circuit, model and workers are registered', async () => {
		Object.assign(market, await registered(chain, model));
		for (const name of ['Dave', 'Eve']) await candorJson(['worker', 'register', '--bond', BOND, ...as(chain, name)]);
		fact('workers', `Dave and Eve, each with a bond of ${BOND} CNDR`);
	});

	const { values, label } = sample(model.samples, LINE);
	const beforeJob = await snapshot(chain);

	const job = await step('A job is opened', async () => {
		say('Charlie wants to know which digit this is. The model has never seen it.');
		say();
		picture(values, PIXELS.width, PIXELS.white);
		say();
		const job = await asked(chain, model, market.sold, LINE);
		const { accounts } = (await snapshot(chain)).ledger;
		for (const [reason, amount] of Object.entries(accounts.charlie.holds)) {
			fact(`held, ${reason}`, `${coins(amount)} CNDR`);
		}
		return job;
	});

	const settled = await step('A worker claims it, proves the answer and is paid', async () => {
		say('Dave’s daemon finds the job by itself.');
		say();
		const settled = await answered(chain, model, job, beforeJob.number + 1);
		const { logits } = settled;
		const answer = logits.indexOf(Math.max(...logits));
		say();
		say(`The answer, proved: this is a ${answer}. The label says ${label}.`);
		if (answer !== label) throw new Error('the model misreads this image');
		return settled;
	});

	await step('Everybody’s money, before the job and after', async () => {
		const { payout, royalty, fee } = settled;
		const { model, version } = market.sold;
		const collected = await candorJson(['model', 'collect', `${model}:${version}`, ...as(chain, 'Bob')]);
		say(`Bob has collected a royalty of ${collected.amount} CNDR.`);
		await showMoney(chain, beforeJob, await snapshot(chain), {
			charlie: -PRICE,
			dave: payout,
			bob: royalty,
			issuance: -fee,
		});
		mustEqual('the sum of all parts', payout + royalty + fee, PRICE);
		say();
		say(
			`The price: ${coins(payout)} to the worker + ${coins(royalty)} royalty + ${coins(fee)} burnt = ${coins(PRICE)} CNDR.`,
		);
	});

	await step('The worker’s reputation', async () => {
		const reputation = await chain.view('workers.reputation', dave.address);
		fact('answered', reputation.settled);
		fact('failed', reputation.failed);
		fact('earned', `${coins(reputation.earned)} CNDR`);
		fact('score', `${percent(Number(reputation.score) / 1e6)}: ${coins(settled.fee)} CNDR of fees beside 1`);
		if (reputation.settled !== 1n || reputation.score !== 90_909n)
			throw new Error('the reputation is not what it should be');
	});

	await step('Another model, of another kind, on the same market', async () => {
		say('Fifty boosted trees tell benign from malignant cell nuclei by thirty measurements.');
		say();
		const trees = await prepared(SOURCES.trees, join(folder, 'trees'));
		const { compiled, setup } = trees;
		fact('accuracy, float', `${percent(compiled.float_accuracy)} of the held-out samples`);
		fact('accuracy, integers', `${percent(compiled.integer_accuracy)} of the held-out samples`);
		fact('constraints', count(compiled.constraints));
		fact('setup', seconds(setup.setup_seconds));
		fact('proving key', `${count(setup.proving_key_bytes)} bytes`);
		const { sold } = await registered(chain, trees);
		const before = await snapshot(chain);
		const job = await asked(chain, trees, sold, LINE);
		const { logits, payout } = await answered(chain, trees, job, before.number + 1);
		// The first line names the columns.
		const { label } = sample(trees.samples, LINE + 1);
		const answer = logits[0] > 0 ? 1 : 0;
		say();
		say(
			`The answer, proved: ${KINDS[answer]}. The label says ${KINDS[label]}. Dave has got ${coins(payout)} CNDR for it.`,
		);
		if (answer !== label) throw new Error('the trees tell this sample wrong');
	});

	const input = `0x${inputBytes(model, LINE).toString('hex')}`;
	const { input_commitment: commitment } = await prove(model, LINE);
	const bound = (job) => prove(model, LINE, { genesis: chain.genesis, job, worker: dave.address });
	const claimedJob = async (terms) => {
		const job = await market.open(commitment, { input, price: PRICE, ...terms });
		await market.claim(dave, job);
		return job;
	};
	let second, proof;

	await step('First refusal: a changed output', async () => {
		second = await claimedJob({ provingPeriod: 200, lifetime: 500 });
		say(`Charlie opens job ${second} on the same image, and Dave claims it.`);
		proof = await bound(second);
		fact('proved', `in ${seconds(proof.prove_seconds)}; ${proof.proof.length / 2 - 1} bytes`);
		const lie = Buffer.from(proof.output.slice(2), 'hex');
		const digit = (proof.class + 1) % proof.logits.length;
		lie.writeInt32LE(Math.max(...proof.logits) + 1, 4 * digit);
		say();
		const call = market.submit(second, { ...proof, output: `0x${lie.toString('hex')}` });
		await refused(
			chain,
			`Dave says that it is a ${digit}, with the proof for a ${proof.class}.`,
			'dave',
			call,
			'jobs.InvalidProof',
		);
	});

	await step('Second refusal: the same proof, sent by another worker', async () => {
		const call = market.submit(second, proof);
		await refused(chain, 'Eve copies Dave’s transaction and sends it as her own.', 'eve', call, 'jobs.NotClaimant');
		const paid = await chain.send(dave, call);
		const { payout } = event(paid, 'jobs.Settled');
		say();
		say(`Dave sends it: ✓ paid ${coins(payout)} CNDR in block ${paid.number}. The proof was good, and only his.`);
	});

	let third, beforeThird, until;
	await step('Third refusal: a replay on another job', async () => {
		beforeThird = await snapshot(chain);
		third = await claimedJob({ provingPeriod: SHORT_PERIOD, lifetime: SHORT_PERIOD + 4 });
		({ until } = (await chain.view('jobs.jobStatus', third)).Claimed);
		say(`Charlie opens job ${third} on the same image, and Dave claims it until block ${until}.`);
		say();
		const what = `Dave saves himself the work and sends the proof of job ${second} again.`;
		await refused(chain, what, 'dave', market.submit(third, proof), 'jobs.InvalidProof');
	});

	await step('Fourth refusal: an answer after the deadline', async () => {
		const late = await bound(third);
		// A block that does not count, such as the first of a session, moves it.
		while (!(await chain.view('jobs.jobStatus', third)).Overdue) await sleep(BLOCK_TIME / 2);
		const what = `Dave proves job ${third} honestly, but sends the answer after block ${until}.`;
		await refused(chain, what, 'dave', market.submit(third, late), 'jobs.DeadlinePassed');
		const expired = await chain.send(eve, market.tx.jobs.expire(third));
		const { bounty, burnt } = event(expired, 'jobs.Forfeited');
		const { amount, bounty: received } = event(expired, 'jobs.Refunded');
		say();
		say(
			`Anyone may end the job now; Eve does, in block ${expired.number}. Charlie gets the price of ${coins(amount)} CNDR back, and of`,
		);
		say(
			`the bond that Dave has lost ${coins(received)} CNDR, the bounty that nobody earned; ${coins(burnt)} CNDR are burnt.`,
		);
		mustEqual('the refund', amount, PRICE);
		say();
		await showMoney(chain, beforeThird, await snapshot(chain), {
			charlie: bounty,
			dave: -bounty - burnt,
			issuance: -burnt,
		});
		const { score, failed } = await chain.view('workers.reputation', dave.address);
		say(
			`Four times its fee speaks against Dave, whose score falls to ${percent(Number(score) / 1e6)}, with ${failed} failed job.`,
		);
	});

	if (KEEP) {
		await step('The chain keeps running', async () => {
			chain.node.release();
			fact('look around', `https://polkadot.js.org/apps/?rpc=${encodeURIComponent(url)}#/explorer`);
			fact('for programs', url);
			fact('stop it', `kill ${chain.node.daemon.pid} && rm -r ${chain.node.folder}`);
		});
	}
};

const finish = async () => {
	for (const action of undo.reverse()) await action().catch(() => {});
};

try {
	await story();
	await finish();
	process.stdout.write('\n  All as it should be.\n\n');
	process.exit(0);
} catch (error) {
	await finish();
	process.stdout.write('\n');
	process.stderr.write(`${error.message}\n`);
	if (process.env.DEBUG) console.error(error.cause ?? error);
	process.exit(1);
}
