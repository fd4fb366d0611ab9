// SPDX-License-Identifier: Apache-2.0

// The independent verifier.

import { getCurveFromName } from 'ffjavascript';
import { groth16 } from 'snarkjs';

// snarkjs takes the curve from here. One without worker threads is ready at once and keeps no process
// alive.
globalThis.curve_bn128 = await getCurveFromName('bn128', { singleThread: true });

/**
 * Whether snarkjs accepts a proof.
 *
 * @param {object} key as in `verification_key.json`
 * @param {string[]} inputs as in `public.json`
 * @param {object} proof as in `proof.json`
 * @returns {Promise<boolean>}
 */
export const verify = (key, inputs, proof) => groth16.verify(key, inputs, proof);
