// SPDX-License-Identifier: Apache-2.0

// An implementation of docs/statement.md that shares nothing with the crate: arithmetic by BigInt,
// Poseidon by circomlibjs, blake2b by @noble/hashes. Prints vectors as JSON; scalars are decimal
// strings, bytes hexadecimal.

import assert from "node:assert";
import { blake2b } from "@noble/hashes/blake2.js";
import { buildPoseidonOpt, buildPoseidon } from "circomlibjs";

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const WORD = 31;
const GROUP = 16;

const optimised = await buildPoseidonOpt();
const wasm = await buildPoseidon();

const hash = (inputs, initial) => {
	const run = (poseidon) =>
		poseidon.F.toObject(poseidon(inputs.map((x) => poseidon.F.e(x)), poseidon.F.e(initial)));
	const result = run(optimised);
	assert.equal(result, run(wasm), "the two implementations in circomlibjs differ");
	return result;
};

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const scalarBytes = (x) => Uint8Array.from({ length: 32 }, (_, i) => Number((x >> BigInt(8 * i)) & 255n));
const u64 = (x) => scalarBytes(x).slice(0, 8);
const concat = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

// Pseudo-random values that anyone can make again.
const stream = (label, length) => {
	const out = [];
	for (let i = 0n; out.length < length; i++) out.push(...blake2b(concat(utf8(label), u64(i)), { dkLen: 32 }));
	return Uint8Array.from(out.slice(0, length));
};
const scalar = (label) => littleEndian(stream(label, 64)) % R;

const pack = (bytes) => {
	const words = [];
	for (let i = 0; i < bytes.length; i += WORD) words.push(littleEndian(bytes.slice(i, i + WORD)));
	return words;
};

const initialValue = (domain, count) => {
	const name = new Uint8Array(23);
	name.set(utf8(domain));
	return littleEndian(concat(name, u64(BigInt(count))));
};

const commit = (domain, words, blinder) => {
	const absorbed = [...words, blinder];
	let state = initialValue(domain, absorbed.length);
	for (let i = 0; i < absorbed.length; i += GROUP) {
		const group = absorbed.slice(i, i + GROUP);
		while (group.length < GROUP) group.push(0n);
		state = hash(group, state);
	}
	return state;
};

const binding = (genesis, job, worker) => {
	const digest = blake2b(concat(utf8("candor/binding/v1"), genesis, u64(job), worker), { dkLen: 32 });
	return littleEndian(digest.slice(0, WORD));
};

const possession = (genesis, circuit, model, owner) => {
	const form = Uint8Array.of({ 32: 0, 64: 1 }[model.length]);
	const bound = concat(utf8("candor/possession/v1"), genesis, circuit, form, model, owner);
	return littleEndian(blake2b(bound, { dkLen: 32 }).slice(0, WORD));
};

const poseidonVectors = [];
for (let n = 1; n <= 16; n++) {
	const counting = Array.from({ length: n }, (_, i) => BigInt(i + 1));
	const random = (label) => Array.from({ length: n }, (_, i) => scalar(`poseidon/${n}/${label}/${i}`));
	const cases = [
		[counting, 0n],
		[Array(n).fill(0n), 0n],
		[Array(n).fill(R - 1n), 0n],
		[Array(n).fill(R - 1n), R - 1n],
		[random("a"), 0n],
		[random("b"), scalar(`poseidon/${n}/initial`)],
	];
	for (const [inputs, initial] of cases) poseidonVectors.push({ inputs, initial, hash: hash(inputs, initial) });
}

const inputVectors = [0, 1, 30, 31, 32, 64, 464, 465, 466, 495, 496, 497, 784].flatMap((length) =>
	[0n, scalar(`input/${length}/blinder`), R - 1n].map((blinder) => {
		const bytes = stream(`input/${length}`, length);
		return { bytes: hex(bytes), blinder, commitment: commit("candor/input/v1", pack(bytes), blinder) };
	}),
);
inputVectors.push({ bytes: "ff".repeat(62), blinder: 0n, commitment: commit("candor/input/v1", pack(new Uint8Array(62).fill(255)), 0n) });

const modelVectors = [0, 1, 2, 15, 16, 17, 31, 32, 33, 100].flatMap((length) =>
	[0n, scalar(`model/${length}/blinder`), R - 1n].map((blinder) => {
		const words = Array.from({ length }, (_, i) => scalar(`model/${length}/${i}`));
		return { words, blinder, commitment: commit("candor/model/v1", words, blinder) };
	}),
);
modelVectors.push({ words: Array(40).fill(R - 1n), blinder: 1n, commitment: commit("candor/model/v1", Array(40).fill(R - 1n), 1n) });

const bindingVectors = [0n, 1n, 255n, 256n, 2n ** 32n, 2n ** 64n - 1n].map((job) => {
	const genesis = stream(`genesis/${job}`, 32);
	const worker = stream(`worker/${job}`, 32);
	const value = binding(genesis, job, worker);
	return { genesis: hex(genesis), job, worker: hex(worker), binding: value, bytes: hex(scalarBytes(value)) };
});

const possessionVectors = [32, 64].flatMap((length) =>
	[0, 1, 2].map((number) => {
		const label = `possession/${length}/${number}`;
		const [genesis, circuit, owner] = ["genesis", "circuit", "owner"].map((part) => stream(`${label}/${part}`, 32));
		const model = stream(`${label}/model`, length);
		const value = possession(genesis, circuit, model, owner);
		const [bytes, bound] = [hex(scalarBytes(value)), value];
		return { genesis: hex(genesis), circuit: hex(circuit), model: hex(model), owner: hex(owner), binding: bound, bytes };
	}),
);

const statementVectors = [0, 1, 4, 31, 32, 40, 124].map((length) => {
	const model = scalar(`statement/${length}/model`);
	const input = scalar(`statement/${length}/input`);
	const output = stream(`statement/${length}/output`, length);
	const bound = binding(stream("genesis", 32), BigInt(length), stream("worker", 32));
	return {
		model: hex(scalarBytes(model)),
		input: hex(scalarBytes(input)),
		output: hex(output),
		binding: hex(scalarBytes(bound)),
		publicInputs: [model, input, ...pack(output), bound],
	};
});

const vectors = {
	poseidon: poseidonVectors,
	inputCommitments: inputVectors,
	modelCommitments: modelVectors,
	bindings: bindingVectors,
	possessions: possessionVectors,
	statements: statementVectors,
};
// One vector a line.
const decimal = (_, value) => (typeof value === "bigint" ? value.toString() : value);
const sections = Object.entries(vectors).map(
	([name, list]) => `"${name}": [\n${list.map((vector) => JSON.stringify(vector, decimal)).join(",\n")}\n]`,
);
process.stdout.write(`{\n${sections.join(",\n")}\n}\n`, () => process.exit(0));
