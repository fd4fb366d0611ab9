// SPDX-License-Identifier: Apache-2.0
pragma circom 2.0.0;

// Knowledge of two factors of `product` whose sum is `sum`.
template Product() {
	signal input product;
	signal input sum;
	signal input a;
	signal input b;
	a * b === product;
	a + b === sum;
}

component main { public [product, sum] } = Product();
