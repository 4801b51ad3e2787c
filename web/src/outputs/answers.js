// The answer as other programs get it: one shape for pages, one line for a serial port, one note for MIDI.
//
// Pages (BroadcastChannel `headstart`, and `postMessage` to the page that shows this one in a frame) get an object:
//
//     { type: 'headstart-answer', version: 1,
//       label: 'rock',            // '' while the answer is "not sure" or "none of these"
//       probability: 0.93,        // of that label, 0 to 1; 0 without one
//       known: true,              // false: none of the classes
//       ranked: [{ label: 'rock', probability: 0.93 }, …] }   // highest first
//
// A serial port gets the line `label,probability` and a line feed, in UTF-8, at 115,200 baud unless another rate is chosen: `rock,0.93`.
// The probability has two digits; commas and line breaks in a label become spaces; without an answer the label is empty: `,0.00`.
//
// MIDI gets note on and note off on channel 1: the first class is note 60 (middle C), the second 61, and so on; the velocity is
// the probability times 127.

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
