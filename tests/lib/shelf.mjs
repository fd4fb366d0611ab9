// SPDX-License-Identifier: Apache-2.0

// What takes long to make: made once a machine, and again when what it is made from changes.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { CACHE } from './paths.mjs';

const digest = (paths) => {
	const hash = createHash('sha256');
	for (const path of paths) hash.update(readFileSync(path));
	return hash.digest('hex').slice(0, 32);
};

/**
 * A folder that is filled once for each content of its sources. Any number of processes may ask for it at
 * the same time: none sees it half filled.
 *
 * @param {string} name what is in it
 * @param {string[]} sources the files that its content follows from
 * @param {(folder: string) => Promise<unknown>} fill writes the content into an empty folder
 * @returns {Promise<string>} the folder's path
 */
export const shelf = async (name, sources, fill) => {
	const shelves = join(CACHE, 'e2e');
	const place = join(shelves, `${name}-${digest(sources)}`);
	if (existsSync(place)) return place;
	mkdirSync(shelves, { recursive: true });
	// On the same file system, so that the finished folder can be put into its place at once.
	const work = join(shelves, `${name}.${process.pid}`);
	rmSync(work, { recursive: true, force: true });
	mkdirSync(work);
	try {
		await fill(work);
		renameSync(work, place);
	} catch (error) {
		// Another process may have been faster.
		if (!existsSync(place)) throw error;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
	return place;
};
