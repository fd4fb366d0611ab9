// SPDX-License-Identifier: Apache-2.0
pragma circom 2.1.0;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";

// The statement of docs/statement.md for a model of one line: four bytes in, their sum weighted by
// four bytes that stay private, out as four bytes.

// The sponge's initial value: `domain, padded with zeros to 23 bytes ‖ count (u64)`, little-endian,
// where the domain is "candor/" ‖ kind ‖ "/v1".
function initialValue(kind, count) {
	var domain[15] = [99, 97, 110, 100, 111, 114, 47, kind[0], kind[1], kind[2], kind[3], kind[4], 47, 118, 49];
	var value = count * 256 ** 23;
	for (var i = 0; i < 15; i++) value += domain[i] * 256 ** i;
	return value;
}

// Four bytes, packed into a word: the first is the least significant.
template Packed() {
	signal input bytes[4];
	signal output word;

	component range[4];
	var sum = 0;
	for (var i = 0; i < 4; i++) {
		range[i] = Num2Bits(8);
		range[i].in <== bytes[i];
		sum += bytes[i] * 256 ** i;
	}
	word <== sum;
}

// The commitment to one word and a blinder: a single group of the sponge.
template Commitment(kind) {
	signal input word;
	signal input blinder;
	signal output out;

	component hash = PoseidonEx(16, 1);
	hash.initialState <== initialValue(kind, 2);
	hash.inputs[0] <== word;
	hash.inputs[1] <== blinder;
	for (var i = 2; i < 16; i++) hash.inputs[i] <== 0;
	out <== hash.out[0];
}

template WeightedSum() {
	// Public, in the order of the statement.
	signal input modelCommitment;
	signal input inputCommitment;
	signal input answer;
	signal input binding;
	// Private.
	signal input weights[4];
	signal input modelBlinder;
	signal input features[4];
	signal input inputBlinder;

	component weightWord = Packed();
	weightWord.bytes <== weights;
	component model = Commitment([109, 111, 100, 101, 108]); // "model"
	model.word <== weightWord.word;
	model.blinder <== modelBlinder;
	modelCommitment === model.out;

	component featureWord = Packed();
	featureWord.bytes <== features;
	component asked = Commitment([105, 110, 112, 117, 116]); // "input"
	asked.word <== featureWord.word;
	asked.blinder <== inputBlinder;
	inputCommitment === asked.out;

	// At most 4 · 255², so that four bytes hold it, and the packed output is the number itself.
	signal products[4];
	var sum = 0;
	for (var i = 0; i < 4; i++) {
		products[i] <== weights[i] * features[i];
		sum += products[i];
	}
	answer === sum;

	// The binding says whom the proof is for. A constraint of its own ties it to the proof.
	signal square <== binding * binding;
}

component main { public [modelCommitment, inputCommitment, answer, binding] } = WeightedSum();
