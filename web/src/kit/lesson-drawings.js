// The drawings of the lesson: one idea each. Words stand beside them, so they are hidden from those who hear the page.

import { html, svg } from 'lit/html.js';

const STARS = svg`<path class="d-line" d="m20 62 6-14 6 14zM50 62h12V50H50z"/><circle class="d-line" cx="41" cy="44" r="6"/>`;

/** @param {number} x @param {number} turn @param {string} look */
const cup = (x, turn, look) =>
  svg`<g transform="translate(${x} 52) rotate(${turn})"><path class="${look}" d="M-11-12h20l-3 24H-8z"/><path class="d-line" d="M9-8h5a4 4 0 0 1 0 10H7"/></g>`;

const DRAWINGS = {
  // Layers that stay as they are, the first fine, the last coarse.
  stays: svg`${STARS}<path class="d-line" d="M68 52h14m-5-5 5 5-5 5"/>
    <rect class="d-cool" x="90" y="18" width="16" height="68" rx="4"/><rect class="d-cool" x="112" y="26" width="16" height="52" rx="4"/><rect class="d-cool" x="134" y="34" width="16" height="36" rx="4"/>
    <path class="d-line" d="M92 96v-3h56v3"/>`,
  // The last, new part, which learns.
  learns: svg`<rect class="d-cool" x="16" y="18" width="14" height="68" rx="4"/><rect class="d-cool" x="36" y="26" width="14" height="52" rx="4"/><rect class="d-cool" x="56" y="34" width="14" height="36" rx="4"/>
    <path class="d-line" d="M78 52h14m-5-5 5 5-5 5"/><rect class="d-warm" x="102" y="36" width="26" height="32" rx="6"/>
    <path class="d-line" d="M132 44l12-10M132 60l12 10"/><circle class="d-one" cx="152" cy="30" r="9"/><rect class="d-two" x="143" y="66" width="18" height="18" rx="3"/>`,
  // The same cup many times, against the cup from all sides.
  varied: svg`${cup(24, 0, 'd-pale')}${cup(30, 0, 'd-pale')}${cup(36, 0, 'd-pale')}<path class="d-bad" d="m20 80 24 16m0-16L20 96"/>
    ${cup(92, -30, 'd-one')}${cup(122, 10, 'd-one')}${cup(154, 150, 'd-one')}<path class="d-good" d="m110 88 8 8 16-16"/>`,
  // A cup that always stands on the same table.
  background: svg`<rect class="d-warm" x="10" y="62" width="66" height="16" rx="3"/>${cup(42, 0, 'd-one')}<path class="d-line" d="M84 52h14m-5-5 5 5-5 5"/>
    <rect class="d-warm" x="106" y="62" width="66" height="16" rx="3"/><text class="d-words" x="139" y="52" text-anchor="middle">?</text>`,
};

/** @typedef {keyof typeof DRAWINGS} DrawingName */

export const DRAWING_NAMES = /** @type {DrawingName[]} */ (Object.keys(DRAWINGS));

/** @param {DrawingName} name */
export const drawing = (name) =>
  html`<svg class="drawing" viewBox="0 0 180 104" aria-hidden="true" focusable="false">${DRAWINGS[name]}</svg>`;
