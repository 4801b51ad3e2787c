// The sign of a class: a shape of its own, its colour, its number. Two of the three suffice to tell classes apart.

import { html, svg } from 'lit/html.js';

/** One shape per colour slot, in a square of 28. */
export const SHAPE_PATHS = [
  'M14 1.5a12.5 12.5 0 1 1 0 25a12.5 12.5 0 1 1 0-25Z',
  'M7.5 2.5h13a5 5 0 0 1 5 5v13a5 5 0 0 1-5 5h-13a5 5 0 0 1-5-5v-13a5 5 0 0 1 5-5Z',
  'M14 1.8c.9 0 1.6.4 2 1.2l10 19c.8 1.6-.2 3.4-2 3.4H4c-1.8 0-2.8-1.8-2-3.4l10-19c.4-.8 1.1-1.2 2-1.2Z',
  'M12.5 1.3a2.1 2.1 0 0 1 3 0l11.2 11.2a2.1 2.1 0 0 1 0 3L15.5 26.7a2.1 2.1 0 0 1-3 0L1.3 15.5a2.1 2.1 0 0 1 0-3z',
  'M8.5 2h11c.8 0 1.5.4 1.9 1.1l5.3 9.8c.4.7.4 1.5 0 2.2l-5.3 9.8c-.4.7-1.1 1.1-1.9 1.1h-11c-.8 0-1.5-.4-1.9-1.1l-5.3-9.8a2.3 2.3 0 0 1 0-2.2l5.3-9.8C7 2.4 7.7 2 8.5 2Z',
  'M12.7 1.9a2.2 2.2 0 0 1 2.6 0l10.5 7.6c.8.6 1.1 1.6.8 2.5l-4 12.2c-.3.9-1.1 1.5-2.1 1.5h-13c-1 0-1.8-.6-2.1-1.5L1.4 12c-.3-.9 0-1.9.8-2.5z',
  'M10 1.5h8a1.5 1.5 0 0 1 1.5 1.5v5.5H25a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-5.5V25a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 8.5 25v-5.5H3A1.5 1.5 0 0 1 1.5 18v-8A1.5 1.5 0 0 1 3 8.5h5.5V3A1.5 1.5 0 0 1 10 1.5Z',
  'M3 4.5A1.8 1.8 0 0 1 4.8 2.7h18.4A1.8 1.8 0 0 1 25 4.5v10.2c0 5.2-4.3 9.2-11 11.5C7.3 23.9 3 19.9 3 14.7Z',
];
/** Of each the height of the number's baseline: a triangle's middle lies low. */
const MIDDLES = [14, 14, 17.5, 14, 14, 15, 14, 13];

/**
 * @param {number} slot 1 to 8
 * @param {number} number The class's place among the cards.
 */
export function token(slot, number) {
  const index = (slot - 1) % SHAPE_PATHS.length;
  const size = number > 99 ? 9 : number > 9 ? 11 : 13;
  return html`<svg class="token" data-slot=${slot} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
    <path class="token-shape" d=${SHAPE_PATHS[index]} />${svg`<text class="token-number" x="14" y=${MIDDLES[index] + size * 0.36} font-size=${size}>${number}</text>`}
  </svg>`;
}
