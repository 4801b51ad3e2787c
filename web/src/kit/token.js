// The sign of a class: a shape of its own, its colour, its number. Two of the three suffice to tell classes apart.

import { html, svg } from 'lit/html.js';

/** One shape per colour slot, in a square of 28. */
export const SHAPE_PATHS = [
  'M14 1.5a12.5 12.5 0 1 1 0 25a12.5 12.5 0 1 1 0-25Z',
  'M7.5 2.5h13a5 5 0 0 1 5 5v13a5 5 0 0 1-5 5h-13a5 5 0 0 1-5-5v-13a5 5 0 0 1 5-5Z',
  'M14 1.800c.9 0 1.600.4 2 1.200l10 19c.8 1.600-.2 3.400-2 3.400H4c-1.800 0-2.800-1.800-2-3.400l10-19c.400-.8 1.100-1.200 2-1.200Z',
  'M12.500 1.300a2.100 2.100 0 0 1 3 0l11.200 11.200a2.100 2.100 0 0 1 0 3L15.500 26.700a2.100 2.100 0 0 1-3 0L1.300 15.500a2.100 2.100 0 0 1 0-3z',
  'M8.500 2h11c.8 0 1.500.4 1.900 1.100l5.300 9.800c.4.7.4 1.500 0 2.200l-5.300 9.800c-.4.700-1.100 1.100-1.900 1.100h-11c-.8 0-1.500-.4-1.900-1.100l-5.300-9.800a2.300 2.300 0 0 1 0-2.200l5.300-9.800C7 2.400 7.700 2 8.500 2Z',
  'M12.700 1.900a2.200 2.200 0 0 1 2.600 0l10.500 7.600c.8.6 1.100 1.600.8 2.500l-4 12.200c-.3.9-1.100 1.500-2.100 1.500h-13c-1 0-1.800-.6-2.100-1.500L1.400 12c-.3-.9 0-1.900.8-2.500z',
  'M10 1.500h8a1.500 1.500 0 0 1 1.500 1.500v5.500H25a1.500 1.500 0 0 1 1.500 1.500v8a1.500 1.500 0 0 1-1.500 1.500h-5.500V25a1.500 1.500 0 0 1-1.500 1.500h-8A1.500 1.500 0 0 1 8.500 25v-5.500H3A1.500 1.500 0 0 1 1.500 18v-8A1.500 1.500 0 0 1 3 8.500h5.500V3A1.500 1.500 0 0 1 10 1.500Z',
  'M3 4.500A1.800 1.800 0 0 1 4.800 2.700h18.400A1.800 1.800 0 0 1 25 4.500v10.200c0 5.200-4.300 9.200-11 11.500C7.300 23.900 3 19.900 3 14.700Z',
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
