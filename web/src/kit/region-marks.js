// The signs of what is frozen, what learns and what is cut off: colour is never the only one.

import { html, svg } from 'lit/html.js';

const SHAPES = {
  frozen: svg`<rect x="5" y="10.500" width="14" height="10" rx="2.500" fill="currentColor" stroke="none"/><path d="M8 10.500V7.500a4 4 0 0 1 8 0v3"/>`,
  trained: svg`<path d="M12.500 2.500c.6 3.400 5.500 6.200 5.500 11.300a6 6 0 0 1-12 0c0-2.500 1.300-4 2.400-5.300.3 1.600.9 2.400 1.800 2.900.1-3.200.6-6.500 2.300-8.900Z" fill="currentColor" stroke="none"/>`,
  removed: svg`<circle cx="6.500" cy="17.500" r="3"/><circle cx="17.500" cy="17.500" r="3"/><path d="M8.500 15.200 17 3.500M15.500 15.200 7 3.500"/>`,
};

/** @param {keyof typeof SHAPES} region @param {string} [className] */
export function regionMark(region, className = '') {
  return html`<svg class="icon region-mark ${className}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${SHAPES[region]}</svg>`;
}
