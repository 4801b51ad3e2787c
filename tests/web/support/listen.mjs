// What a page cannot be heard doing: it is written down on its way to the device.

import { createSerialPort } from './serial-port.mjs';

/**
 * From the next page on `window.heard` has the words that are spoken, how many sounds were played, and the board on the cable.
 *
 * @param {import('@playwright/test').Page} page
 */
export async function listen(page) {
  await page.addInitScript(`
    window.heard = { words: [], sounds: 0 };
    window.board = (${createSerialPort})();
    speechSynthesis.getVoices = () => [];
    speechSynthesis.speak = (utterance) => window.heard.words.push(utterance.lang + ': ' + utterance.text);
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
      window.heard.sounds += 1;
      return start.apply(this, when);
    };
    Object.defineProperty(navigator, 'serial', { value: { requestPort: async () => window.board }, configurable: true });
  `);
}

/** The whole lines that the board got. @param {import('@playwright/test').Page} page @returns {Promise<string[]>} */
export const linesOf = (page) =>
  page.evaluate(() => /** @type {any} */ (window).board.received.split('\n').slice(0, -1));
