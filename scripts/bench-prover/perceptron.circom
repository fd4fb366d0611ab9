// SPDX-License-Identifier: Apache-2.0
// A perceptron with one hidden layer, as it is written in circom: every weight is an input that nobody but the prover
// sees, and every product of it is a constraint. The integers are those of docs/circuit.md.
pragma circom 2.1.0;

template Dense(inputs, outputs) {
	signal input in[inputs];
	signal input weights[inputs][outputs];
	signal input biases[outputs];
	signal output out[outputs];

	signal sum[outputs][inputs + 1];
	for (var o = 0; o < outputs; o++) {
		sum[o][0] <== biases[o];
		for (var i = 0; i < inputs; i++) {
			sum[o][i + 1] <== sum[o][i] + in[i] * weights[i][o];
		}
		out[o] <== sum[o][inputs];
	}
}

// 1 where `in` is zero, 0 elsewhere.
template IsZero() {
	signal input in;
	signal output out;

	signal inverse <-- in != 0 ? 1 / in : 0;
	out <== 1 - in * inverse;
	in * out === 0;
}

// `in / 2^shift`, rounded, and clamped to a byte. There is no witness unless `in`, with half a step added, is at least
// `-2^(bits - 1)` and below `2^(bits - 1)`.
template Relu(bits, shift) {
	signal input in;
	signal output out;

	// The sign is the highest bit of the raised sum, whose bits are unique: there are fewer than the field has.
	signal raised <== in + 2 ** (bits - 1) + 2 ** (shift - 1);
	signal bit[bits];
	var all = 0;
	for (var i = 0; i < bits; i++) {
		bit[i] <-- (raised >> i) & 1;
		bit[i] * (bit[i] - 1) === 0;
		all += bit[i] * 2 ** i;
	}
	all === raised;

	var low = 0;
	for (var i = 0; i < 8; i++) low += bit[shift + i] * 2 ** i;
	var above = 0;
	for (var i = shift + 8; i < bits - 1; i++) above += bit[i];
	signal fits <== IsZero()(above);
	signal clamped <== 255 + (low - 255) * fits;
	out <== clamped * bit[bits - 1];
}

template Perceptron(inputs, hidden, outputs, bits, shift) {
	signal input in[inputs];
	signal input weights0[inputs][hidden];
	signal input biases0[hidden];
	signal input weights1[hidden][outputs];
	signal input biases1[outputs];
	signal output out[outputs];

	signal sums[hidden] <== Dense(inputs, hidden)(in, weights0, biases0);
	signal bytes[hidden];
	for (var h = 0; h < hidden; h++) bytes[h] <== Relu(bits, shift)(sums[h]);
	out <== Dense(hidden, outputs)(bytes, weights1, biases1);
}
