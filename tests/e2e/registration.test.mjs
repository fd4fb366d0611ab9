// SPDX-License-Identifier: Apache-2.0

// What must not be registered: verifying keys under which something false could be proved, commitments
// that are none, and models that whoever registers them has not shown to know. In the end the untouched key is taken, so each refusal was for the one
// thing that was changed.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { model, prove } from '../lib/artifacts.mjs';
import { ledger } from '../lib/balances.mjs';
import { Chain } from '../lib/chain.mjs';
import { possessionOf } from '../lib/circom.mjs';
import {
	Books,
	circuitId,
	event,
	GROTH16,
	Market,
	provenance,
	ROYALTY,
	schema,
	usualProvenance,
} from '../lib/market.mjs';
import {
	flagged,
	G1,
	G2,
	hex,
	infinity,
	Key,
	negated,
	nonCanonical,
	offCurve,
	outsideSubgroup,
	Proof,
	Q,
	R,
	scalar,
	snarkjsKey,
	snarkjsProof,
} from '../lib/points.mjs';
import { verify } from '../lib/snarkjs.mjs';

let market, chain, books, digits, key;

before(async () => {
	digits = await model('hashed');
	key = new Key(digits.key);
	market = new Market(await Chain.start(), digits);
	chain = market.chain;
	books = new Books(chain, ['bob', 'charlie', 'ferdie']);
});
after(() => market.stop());

/** The call that registers a key. */
const register = (bytes, statement = schema(digits), origin = usualProvenance(digits)) =>
	market.tx.circuits.register(GROTH16, hex(bytes), statement, origin);

/** All of these keys are refused for this reason. */
const refuses = async (reason, keys) => {
	for (const [what, bytes] of Object.entries(keys)) {
		await books.refuses('ferdie', register(bytes), `circuits.${reason}`).catch((error) => {
			throw new Error(`a key with ${what}`, { cause: error });
		});
	}
};

describe('a verifying key is refused', () => {
	it('when gamma and delta are equal or opposite, under which anything could be proved', async () => {
		// The danger is real: under such a key, this proof of numbers out of thin air verifies.
		const broken = new Key(key.with({ gamma: key.delta }));
		const inputs = key.ic.slice(1).map((_, at) => BigInt(at + 42));
		const forged = broken.forgery(inputs);
		assert.equal(await verify(snarkjsKey(broken), inputs.map(String), snarkjsProof(forged)), true);
		assert.equal(await verify(snarkjsKey(key), inputs.map(String), snarkjsProof(forged)), false);

		await refuses('RelatedSetup', {
			'gamma = delta': broken.bytes,
			'delta = gamma': key.with({ delta: key.gamma }),
			'gamma = -delta': key.with({ gamma: negated(key.delta) }),
			'beta = gamma': key.with({ beta: key.gamma }),
			'beta = -gamma': key.with({ beta: negated(key.gamma) }),
			'beta = delta': key.with({ beta: key.delta }),
			'beta = -delta': key.with({ beta: negated(key.delta) }),
		});
	});

	it('when a point is the point at infinity', async () => {
		await refuses('PointAtInfinity', {
			alpha: key.with({ alpha: infinity(G1) }),
			beta: key.with({ beta: infinity(G2) }),
			gamma: key.with({ gamma: infinity(G2) }),
			delta: key.with({ delta: infinity(G2) }),
			...Object.fromEntries(key.ic.map((_, at) => [`IC[${at}]`, key.withIc(at, infinity(G1))])),
		});
	});

	it('when two public inputs could be traded for each other', async () => {
		const keys = {};
		for (let i = 1; i < key.ic.length; i++) {
			for (let j = i + 1; j < key.ic.length; j++) {
				keys[`IC[${j}] = IC[${i}]`] = key.withIc(j, key.ic[i]);
				keys[`IC[${j}] = -IC[${i}]`] = key.withIc(j, negated(key.ic[i]));
			}
		}
		await refuses('RelatedInputs', keys);
	});

	it('when bytes are missing or left over', async () => {
		await refuses('WrongKeyLength', {
			'no byte': Buffer.alloc(0),
			'one byte': Buffer.alloc(1),
			'a byte too few': key.bytes.subarray(1),
			'a byte too many': Buffer.concat([key.bytes, Buffer.alloc(1)]),
			'half a point too many': Buffer.concat([key.bytes, key.alpha.subarray(32)]),
			'no IC': key.with({ ic: [] }),
		});
	});

	it('when it has another number of public inputs than the schema', async () => {
		await refuses('SchemaMismatch', {
			'one less': key.with({ ic: key.ic.slice(0, -1) }),
			'one more': key.with({ ic: [...key.ic, key.alpha] }),
		});
		const wrong = { InferenceV1: { inputLen: 64, outputLen: 32 * 31 } };
		await books.refuses('ferdie', register(key.bytes, wrong), 'circuits.SchemaMismatch');
		await refuses('NoPublicInputs', { none: key.with({ ic: key.ic.slice(0, 1) }) });
		await refuses('TooManyPublicInputs', { 'far too many': key.with({ ic: Array(66).fill(key.alpha) }) });
	});

	it('when a point is off the curve or outside the subgroup', async () => {
		await refuses('PointOffCurve', {
			alpha: key.with({ alpha: offCurve(key.alpha) }),
			beta: key.with({ beta: offCurve(key.beta) }),
			gamma: key.with({ gamma: offCurve(key.gamma) }),
			delta: key.with({ delta: offCurve(key.delta) }),
			'IC[0]': key.withIc(0, offCurve(key.ic[0])),
			'the last IC': key.withIc(key.ic.length - 1, offCurve(key.ic.at(-1))),
		});
		await refuses('PointOutsideSubgroup', {
			beta: key.with({ beta: outsideSubgroup() }),
			gamma: key.with({ gamma: outsideSubgroup() }),
			delta: key.with({ delta: outsideSubgroup() }),
		});
	});

	it('when a coordinate is not below the modulus, flag bits included', async () => {
		const modulus = Buffer.from(Q.toString(16).padStart(64, '0'), 'hex');
		await refuses('NonCanonicalCoordinate', {
			'x + q in alpha': key.with({ alpha: nonCanonical(key.alpha) }),
			'x + q in delta': key.with({ delta: nonCanonical(key.delta) }),
			'x + q in an IC': key.withIc(2, nonCanonical(key.ic[2])),
			'x = q': key.with({ alpha: Buffer.concat([modulus, key.alpha.subarray(32)]) }),
			'y = q': key.with({ alpha: Buffer.concat([key.alpha.subarray(0, 32), modulus]) }),
			'bit 7': key.with({ alpha: flagged(key.alpha, 7) }),
			'bit 6': key.with({ alpha: flagged(key.alpha, 6) }),
			'bit 7 of beta': key.with({ beta: flagged(key.beta, 7) }),
		});
	});
});

describe('the untouched key', () => {
	it('is registered under the hash of key, schema and provenance, against a deposit', async () => {
		const included = await books.moves(
			'bob',
			() => chain.send(market.bob, register(key.bytes)),
			({ events }) => {
				const { amount } = events.find(({ id }) => id === 'balances.Held');
				return { bob: { free: -amount, held: amount } };
			},
		);
		const { circuit, depositor, declared } = event(included, 'circuits.Registered');
		assert.equal(circuit, circuitId(key.bytes, schema(digits), usualProvenance(digits)));
		assert.equal(depositor, market.bob.address);
		assert.equal(declared, 'Development');
		market.circuit = circuit;
	});

	it('has the id that the command line tells beforehand', () => {
		assert.equal(market.circuit, digits.setup.circuit);
	});

	it('is not registered twice', async () => {
		await books.refuses('ferdie', register(key.bytes), 'circuits.AlreadyRegistered');
	});

	it('is another circuit with other lengths, another origin or another declaration', async () => {
		const { inputLen, outputLen } = schema(digits).InferenceV1;
		const others = [
			[{ InferenceV1: { inputLen: inputLen + 1, outputLen } }, provenance()],
			[{ InferenceV1: { inputLen, outputLen: outputLen + 1 } }, provenance()],
			[schema(digits), { ...provenance(), source: scalar(1n) }],
			[schema(digits), { ...provenance(), transcript: scalar(1n) }],
			[schema(digits), provenance('Ceremony')],
		];
		const ids = new Set([market.circuit]);
		for (const [statement, origin] of others) {
			const included = await chain.send(market.ferdie, register(key.bytes, statement, origin));
			const { circuit } = event(included, 'circuits.Registered');
			assert.equal(circuit, circuitId(key.bytes, statement, origin));
			ids.add(circuit);
		}
		assert.equal(ids.size, 1 + others.length);
		const { depositor, provenance: kept } = await chain.view('circuits.circuit', market.circuit);
		assert.deepEqual([depositor, kept], [market.bob.address, usualProvenance(digits)]);
		// And each is the depositor's to remove, with the deposit for it.
		const { held } = (await ledger(chain, { ferdie: market.ferdie })).accounts.ferdie;
		ids.delete(market.circuit);
		for (const circuit of ids) await chain.send(market.ferdie, market.tx.circuits.deregister(circuit));
		const { holds } = (await ledger(chain, { ferdie: market.ferdie })).accounts.ferdie;
		assert(held > 0n);
		assert.deepEqual(holds, {});
	});

	it('is removed by its depositor alone, and the deposit returns', async () => {
		const call = market.tx.circuits.deregister(market.circuit);
		await books.refuses('ferdie', call, 'circuits.NotDepositor');
		const { held } = (await ledger(chain, { bob: market.bob })).accounts.bob;
		await books.moves('bob', () => chain.send(market.bob, call), { bob: { free: held, held: -held } });
		await books.refuses('bob', call, 'circuits.UnknownCircuit');
		await chain.send(market.bob, register(key.bytes));
	});
});

describe('a ceremony', () => {
	let circuit;

	before(async () => {
		const included = await chain.send(market.bob, register(key.bytes, schema(digits), provenance('Ceremony')));
		({ circuit } = event(included, 'circuits.Registered'));
		assert.equal(event(included, 'circuits.Registered').declared, 'Ceremony');
	});

	/** Root's call, refused for this reason. */
	const denied = async (call, reason) => {
		const error = await chain.sudo(call).catch((error) => error);
		assert.equal(error.id, reason, error.message);
	};

	it('is only a word until root vouches for it, and afterwards again', async () => {
		const { attest, withdrawAttestation } = market.tx.circuits;
		const attested = async () => (await chain.view('circuits.circuit', circuit)).attested;
		assert.equal(await attested(), false);
		await denied(withdrawAttestation(circuit), 'circuits.NotAttested');
		assert.deepEqual(event(await chain.sudo(attest(circuit)), 'circuits.Attested'), { circuit });
		assert.equal(await attested(), true);
		await denied(attest(circuit), 'circuits.AlreadyAttested');
		const withdrawn = await chain.sudo(withdrawAttestation(circuit));
		assert.deepEqual(event(withdrawn, 'circuits.AttestationWithdrawn'), { circuit });
		assert.equal(await attested(), false);
	});

	it('is attested by nobody else, its depositor included', async () => {
		for (const call of [market.tx.circuits.attest(circuit), market.tx.circuits.withdrawAttestation(circuit)]) {
			const { id } = await chain.refused(market.bob, call);
			assert.equal(id, 'dispatch.BadOrigin');
		}
	});

	it('cannot be made of a development setup, or of nothing', async () => {
		await denied(market.tx.circuits.attest(market.circuit), 'circuits.DevelopmentSetup');
		for (const call of [market.tx.circuits.attest, market.tx.circuits.withdrawAttestation]) {
			await denied(call(`0x${'11'.repeat(32)}`), 'circuits.UnknownCircuit');
		}
	});

	it('has to be attested anew when its circuit was gone', async () => {
		await chain.sudo(market.tx.circuits.attest(circuit));
		await chain.send(market.bob, market.tx.circuits.deregister(circuit));
		await chain.send(market.bob, register(key.bytes, schema(digits), provenance('Ceremony')));
		assert.equal((await chain.view('circuits.circuit', circuit)).attested, false);
	});
});

describe('a model is refused', () => {
	/** What Bob and Charlie show to know it. */
	const shown = {};

	before(async () => {
		for (const name of ['bob', 'charlie']) shown[name] = await market.possession(market[name], market.circuit);
	});

	const publish = (commitment, { royalty = ROYALTY, circuit = market.circuit, possession = shown.bob } = {}) =>
		market.registration(circuit, commitment, possession, royalty);

	it('when its commitment is not a scalar', async () => {
		for (const value of [R, R + 1n, 2n * R, 2n ** 256n - 1n]) {
			await books.refuses('bob', publish(scalar(value)), 'models.NonCanonicalCommitment');
		}
		// A point, which this circuit's system does not take.
		const point = `0x${'01'.padStart(64, '0')}${'02'.padStart(64, '0')}`;
		await books.refuses('bob', publish(point), 'models.NonCanonicalCommitment');
		await chain.send(market.bob, publish(digits.commitment));
	});

	it('not for a commitment that others hold, or the same owner, if they have shown to know it', async () => {
		const models = [];
		for (const name of ['charlie', 'bob']) {
			const call = publish(digits.commitment, { possession: shown[name] });
			const published = event(await chain.send(market[name], call), 'models.VersionPublished');
			assert.equal((await chain.view('models.model', published.model)).owner, market[name].address);
			models.push(published.model);
		}
		assert.deepEqual(models, [1n, 2n]);
	});

	it('unless whoever registers it has shown to know it', async () => {
		const { bob, circuit } = market;
		const { genesis } = chain;
		/** What the first sample's answer shows under another binding. */
		const bound = async (purpose) => {
			const { input_commitment: input, output, proof } = await prove(digits, 1, purpose);
			return { input, output, proof };
		};
		const proof = new Proof(shown.bob.proof);
		const wrong = {
			'of another account': shown.charlie,
			'for a job': await bound({ genesis, job: 0, worker: bob.address }),
			'for nothing': await bound({}),
			'for another circuit': await bound({ genesis, owner: bob.address, circuit: `0x${'11'.repeat(32)}` }),
			'for another chain': await bound({ genesis: `0x${'22'.repeat(32)}`, owner: bob.address, circuit }),
			'of another output': { ...shown.bob, output: hex(Buffer.alloc(40)) },
			'of another input': { ...shown.bob, input: scalar(7n) },
			'that was negated': { ...shown.bob, proof: proof.with({ c: negated(proof.c) }) },
		};
		for (const [whose, possession] of Object.entries(wrong)) {
			const call = publish(digits.commitment, { possession });
			await books.refuses('bob', call, 'models.InvalidProof').catch((error) => {
				throw new Error(`a proof ${whose}`, { cause: error });
			});
		}
		const refuses = async (reason, changed) => {
			const possession = { ...shown.bob, ...changed };
			const args = [circuit, { Scalar: digits.commitment }, ROYALTY, possession];
			assert.equal(await chain.objection('models.canRegister', bob.address, ...args), `models.${reason}`);
			await books.refuses('bob', publish(digits.commitment, { possession }), `models.${reason}`);
		};
		await refuses('WrongOutputLength', { output: hex(Buffer.alloc(39)) });
		await refuses('NonCanonicalCommitment', { input: scalar(R) });
		await refuses('MalformedProof', { proof: shown.bob.proof.slice(0, -2) });
		await refuses('MalformedProof', { proof: proof.with({ a: offCurve(proof.a) }) });
		await refuses('InvalidProof', { proof: proof.with({ c: negated(proof.c) }) });
		await chain.send(bob, publish(digits.commitment));
	});

	it('by what docs/statement.md says of a scalar and of a point, computed by other code', async () => {
		const { bob, circuit } = market;
		for (const name of ['hashed', 'committed', 'digits']) {
			const known = await model(name);
			const report = await prove(known, 1, { genesis: chain.genesis, owner: bob.address, circuit });
			const expected = possessionOf(chain.genesis, circuit, known.commitment, bob.address);
			assert.equal(report.binding, scalar(expected), name);
		}
	});

	it('when the royalty is above the maximum', async () => {
		const max = chain.api.consts.models.maxRoyalty.toNumber();
		assert.equal(max, 500_000);
		const { commitment } = digits;
		await books.refuses('bob', publish(commitment, { royalty: max + 1 }), 'models.RoyaltyTooHigh');
		await chain.send(market.bob, publish(commitment, { royalty: max }));
	});

	it('when its circuit is unknown or frozen', async () => {
		const circuit = `0x${'11'.repeat(32)}`;
		await books.refuses('bob', publish(digits.commitment, { circuit }), 'models.UnknownCircuit');
		await chain.sudo(market.tx.circuits.freeze(market.circuit));
		await books.refuses('bob', publish(digits.commitment), 'models.FrozenCircuit');
		await chain.sudo(market.tx.circuits.unfreeze(market.circuit));
		await chain.send(market.bob, publish(digits.commitment));
	});

	it('to be removed while something relies on it', async () => {
		const [model, version] = [0, 1];
		const { tx } = market;
		await books.refuses('bob', tx.models.removeVersion(model, version), 'models.StillActive');
		await books.refuses('charlie', tx.models.deprecate(model, version), 'models.NotOwner');
		await chain.send(market.bob, tx.models.deprecate(model, version));
		await books.refuses('bob', tx.models.deprecate(model, version), 'models.AlreadyDeprecated');
		await books.refuses('charlie', tx.models.removeVersion(model, version), 'models.NotOwnerOrDepositor');
		const removed = await chain.send(market.bob, tx.models.removeVersion(model, version));
		assert.deepEqual(event(removed, 'models.Removed'), { model: 0n });
	});
});
