// The answer as other programs get it: one shape for pages, one line for a serial port, one note for MIDI.
// README.md beside this file says what each of them is, for whoever writes the other end.

export const CHANNEL_NAME = 'headstart';

/**
 * @typedef {object} Answer
 * @property {string} label
 * @property {number} classIndex The class's place on the page, from 0; -1 without an answer.
 * @property {number} probability
 * @property {boolean} known
 * @property {{ label: string, probability: number }[]} ranked
 */

/** @param {Answer} answer */
export function toMessage({ label, probability, known, ranked }) {
  return { type: 'headstart-answer', version: 1, label, probability, known, ranked };
}

/** @param {Answer} answer */
export function toLine({ label, probability }) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not reach a port
  const clean = label.replace(/[,\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
  return `${clean},${probability.toFixed(2)}\n`;
}

const FIRST_NOTE = 60;
const HIGHEST_NOTE = 127;

/** @param {number} classIndex */
export const noteOf = (classIndex) => Math.min(FIRST_NOTE + classIndex, HIGHEST_NOTE);

/** @param {number} note @param {number} probability @returns {[number, number, number]} */
export const noteOn = (note, probability) => [0x90, note, Math.max(1, Math.min(127, Math.round(probability * 127)))];

/** @param {number} note @returns {[number, number, number]} */
export const noteOff = (note) => [0x80, note, 0];
