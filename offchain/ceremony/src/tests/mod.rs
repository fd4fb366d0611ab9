// SPDX-License-Identifier: Apache-2.0

mod ceremony;
mod dishonest;
mod first_key;
mod proving;
mod ptau;
mod support;
mod zkey;
