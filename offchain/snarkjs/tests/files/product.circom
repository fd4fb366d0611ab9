// SPDX-License-Identifier: Apache-2.0
// The circuit behind the JSON files of this folder.
pragma circom 2.0.0;
template Product() {
    signal input left;
    signal input right;
    signal input tag;
    signal output product;
    signal square;
    product <== left * right;
    square <== tag * tag;
}
component main {public [tag]} = Product();
