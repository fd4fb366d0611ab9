// SPDX-License-Identifier: Apache-2.0

// Writes snarkjs.json: verifying keys and a proof made by snarkjs, points as the decimal
// coordinates that snarkjs exports. Run through `npm run generate`.

import { writeFileSync } from "node:fs";
import * as snarkjs from "snarkjs";

const mem = () => ({ type: "mem" });
const [powers, contributed, prepared, setup, contributedKey] = [mem(), mem(), mem(), mem(), mem()];

const curve = await snarkjs.curves.getCurveFromName("bn128");
await snarkjs.powersOfTau.newAccumulator(curve, 4, powers);
await snarkjs.powersOfTau.contribute(powers, contributed, "vectors", "not secret");
await snarkjs.powersOfTau.preparePhase2(contributed, prepared);
await snarkjs.zKey.newZKey("product.r1cs", prepared, setup);
await snarkjs.zKey.contribute(setup, contributedKey, "vectors", "not secret either");

const key = await snarkjs.zKey.exportVerificationKey(contributedKey);
const skippedPhase2 = await snarkjs.zKey.exportVerificationKey(setup);
const inputs = { product: 391, sum: 40, a: 17, b: 23 };
const { proof, publicSignals } = await snarkjs.groth16.fullProve(inputs, "product_js/product.wasm", contributedKey);
if (!(await snarkjs.groth16.verify(key, publicSignals, proof))) throw new Error("snarkjs refuses its own proof");

// The words that snarkjs passes to an EIP-197 verifier contract: A, B, C, then the inputs.
const calldata = JSON.parse(`[${await snarkjs.groth16.exportSolidityCallData(proof, publicSignals)}]`).flat(2);
const [a, b, c] = [calldata.slice(0, 2), calldata.slice(2, 6), calldata.slice(6, 8)];

const points = ({ vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC }) => ({ alpha: vk_alpha_1, beta: vk_beta_2, gamma: vk_gamma_2, delta: vk_delta_2, ic: IC });
const word = (text) => text.replace(/^0x/, "");
writeFileSync(
	"snarkjs.json",
	JSON.stringify({ key: points(key), skippedPhase2: points(skippedPhase2), proof: [...a, ...b, ...c].map(word).join(""), inputs: publicSignals }, null, "\t") + "\n",
);
process.exit(0);
