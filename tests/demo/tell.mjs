// SPDX-License-Identifier: Apache-2.0

// How the demo tells its story: numbered steps, lines, tables, pictures.

const WIDTH = 100;
const SHADES = ' .:-=+*#%@';
const LABEL = 26;

const write = (text = '') => process.stdout.write(`${text}\n`);

/** Why the demo ended early, and where. */
export class StepFailed extends Error {
	/**
	 * @param {string} step
	 * @param {unknown} cause
	 */
	constructor(step, cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		super(`demo failed at step "${step}": ${reason}`, { cause });
	}
}

let number = 0;

/**
 * A step of the story. What goes wrong in it is reported under its name.
 *
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export const step = async (title, action) => {
	const heading = `━━ ${++number}. ${title} `;
	write(`\n${heading.padEnd(WIDTH, '━')}\n`);
	try {
		return await action();
	} catch (error) {
		throw new StepFailed(title, error);
	}
};

/**
 * A line of the story.
 *
 * @param {string} [text]
 */
export const say = (text = '') => write(text && `  ${text}`);

/**
 * A fact: what it is, and its value.
 *
 * @param {string} label
 * @param {string | number | bigint} value
 */
export const fact = (label, value) => say(`${label.padEnd(LABEL)}${value}`);

/**
 * A table. The first column is aligned to the left, all others to the right.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 */
export const table = (head, rows) => {
	const widths = head.map((title, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
	const line = (row) =>
		row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('   ');
	say(line(head));
	say(widths.map((width) => '─'.repeat(width)).join('───'));
	for (const row of rows) say(line(row));
	say();
};

/**
 * A grey image.
 *
 * @param {number[]} pixels row by row
 * @param {number} width pixels in a row
 * @param {number} white the brightest value
 */
export const picture = (pixels, width, white) => {
	const rows = [];
	for (let at = 0; at < pixels.length; at += width) {
		const shades = pixels
			.slice(at, at + width)
			.map((pixel) => SHADES[Math.round((pixel / white) * (SHADES.length - 1))]);
		rows.push(shades.map((shade) => shade.repeat(2)).join(''));
	}
	const edge = '─'.repeat(2 * width);
	say(`┌${edge}┐`);
	for (const row of rows) say(`│${row}│`);
	say(`└${edge}┘`);
};

/**
 * A part of one, in percent.
 *
 * @param {number} part
 */
export const percent = (part) => `${(100 * part).toFixed(2)} %`;

/**
 * A number with separators.
 *
 * @param {number | bigint} value
 */
export const count = (value) => value.toLocaleString('en-US');

/**
 * A length of time.
 *
 * @param {number} time in seconds
 */
export const seconds = (time) => (time < 0.1 ? `${(1000 * time).toFixed(1)} ms` : `${time.toFixed(2)} s`);

/**
 * A long value, cut in the middle.
 *
 * @param {string} text
 */
export const short = (text) => (text.length > 20 ? `${text.slice(0, 10)}…${text.slice(-8)}` : text);
