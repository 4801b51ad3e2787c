// Drawn signs, 24 units square, in lines of one width. Each stands beside a word or inside a named button, never alone.

import { html, svg } from 'lit/html.js';

const SHAPES = {
  camera: svg`<path d="M4 8h3l2-2.5h6L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Z"/><circle cx="12" cy="13" r="3.6"/>`,
  cameraOff: svg`<path d="m3 3 18 18M8.5 6.2 9 5.5h6L17 8h3a1 1 0 0 1 1 1v8.5M18 19H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1h2.5"/><path d="M9.3 10.6a3.6 3.6 0 0 0 5 5"/>`,
  turn: svg`<path d="M4 9a8.5 8.5 0 0 1 15-2.5M20 15a8.5 8.5 0 0 1-15 2.5"/><path d="M19.5 2.5v4h-4M4.5 21.5v-4h4"/>`,
  mirror: svg`<path d="M12 3v18" stroke-dasharray="2.5 2.5"/><path d="M8.5 7 3 17h5.5zM15.5 7 21 17h-5.5z"/>`,
  record: svg`<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="4.2" fill="currentColor" stroke="none"/>`,
  stop: svg`<rect x="6" y="6" width="12" height="12" rx="2.5" fill="currentColor"/>`,
  single: svg`<rect x="4" y="4" width="16" height="16" rx="3"/><path d="M12 8.5v7M8.5 12h7"/>`,
  timer: svg`<circle cx="12" cy="13.5" r="7.5"/><path d="M12 9.5v4l2.5 2M9.5 2.5h5M12 2.5V6"/>`,
  files: svg`<path d="M4 15.5V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3.5M12 16V4M7.5 8.5 12 4l4.5 4.5"/>`,
  save: svg`<path d="M4 15.5V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3.5M12 4v12M7.5 11.5 12 16l4.5-4.5"/>`,
  open: svg`<path d="M3 18V6a1 1 0 0 1 1-1h5l2 2.5h8a1 1 0 0 1 1 1V10M3 18l3-8h15.5l-2.8 8.3a1 1 0 0 1-1 .7H4a1 1 0 0 1-1-1Z"/>`,
  pictures: svg`<rect x="3.5" y="7.5" width="13" height="13" rx="2.5"/><path d="M7.5 4.5h10a2.5 2.5 0 0 1 2.5 2.5v9.5"/>`,
  more: svg`<g fill="currentColor" stroke="none"><circle cx="5" cy="12" r="1.9"/><circle cx="12" cy="12" r="1.9"/><circle cx="19" cy="12" r="1.9"/></g>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  check: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  trash: svg`<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12a1 1 0 0 0 1 1h7.4a1 1 0 0 0 1-1l.8-12M10 11v5.5M14 11v5.5"/>`,
  up: svg`<path d="M12 19V5M6 11l6-6 6 6"/>`,
  down: svg`<path d="M12 5v14M6 13l6 6 6-6"/>`,
  next: svg`<path d="m9 5 7 7-7 7"/>`,
  previous: svg`<path d="m15 5-7 7 7 7"/>`,
  pause: svg`<path d="M8.5 5v14M15.5 5v14" stroke-width="2.6"/>`,
  play: svg`<path d="M8 5v14l11-7z" fill="currentColor"/>`,
  eye: svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="3"/>`,
  leaveOut: svg`<path d="m4 4 16 16M9 6a9.6 9.6 0 0 1 3-.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.7M6 7.7A16.5 16.5 0 0 0 2.5 12S6 18.5 12 18.5a9.4 9.4 0 0 0 4-.9"/>`,
  settings: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2.2"/><circle cx="9" cy="17" r="2.2"/>`,
  wrench: svg`<path d="M20.5 7.5a4.5 4.5 0 0 1-6.2 4.2L7 19a2 2 0 0 1-2.9-2.9l7.3-7.3A4.5 4.5 0 0 1 17 3.1l-2.7 2.7.6 2.7 2.7.6 2.7-2.7q.2.5.2 1.1Z"/>`,
  layers: svg`<path d="m12 3.5 9 4.7-9 4.7-9-4.7zM3.5 12.5 12 17l8.5-4.5M3.5 16.5 12 21l8.5-4.5"/>`,
  help: svg`<circle cx="12" cy="12" r="9"/><path d="M9.3 9.3a2.8 2.8 0 1 1 4 2.6c-.9.4-1.3 1-1.3 2"/><path d="M12 16.8v.1" stroke-width="2.6"/>`,
  language: svg`<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.6 2.6 3.8 5.6 3.8 9s-1.2 6.4-3.8 9c-2.6-2.6-3.8-5.6-3.8-9S9.4 5.6 12 3Z"/>`,
  sun: svg`<circle cx="12" cy="12" r="4.2"/><path d="M12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M5.3 18.7 7 17M17 7l1.7-1.7"/>`,
  moon: svg`<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z"/>`,
  contrast: svg`<circle cx="12" cy="12" r="9"/><path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor"/>`,
  undo: svg`<path d="M4 10h11a5 5 0 0 1 0 10h-4M8 6l-4 4 4 4"/>`,
  redo: svg`<path d="M20 10H9a5 5 0 0 0 0 10h4M16 6l4 4-4 4"/>`,
  shield: svg`<path d="M12 3 4.5 6v5.5c0 4.7 3.1 8 7.5 9.5 4.4-1.5 7.5-4.8 7.5-9.5V6z"/><path d="m8.8 12 2.3 2.3 4.2-4.5"/>`,
  warning: svg`<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.1"/>`,
};

/** @typedef {keyof typeof SHAPES} IconName */

/** @param {IconName} name @param {string} [className] */
export const icon = (name, className = '') => drawn(SHAPES[name], className);

/** @param {unknown} shape @param {string} [className] */
export function drawn(shape, className = '') {
  return html`<svg class="icon ${className}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shape}</svg>`;
}
