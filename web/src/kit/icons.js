// Drawn signs, 24 units square, in lines of one width. Each stands beside a word or inside a named button, never alone.

import { html, svg } from 'lit/html.js';

const SHAPES = {
  camera: svg`<path d="M4 8h3l2-2.5h6L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Z"/><circle cx="12" cy="13" r="3.6"/>`,
  cameraOff: svg`<path d="m3 3 18 18M8.5 6.2 9 5.5h6L17 8h3a1 1 0 0 1 1 1v8.5M18 19H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1h2.5"/><path d="M9.3 10.6a3.6 3.6 0 0 0 5 5"/>`,
  turn: svg`<path d="M4 9a8.5 8.5 0 0 1 15-2.5M20 15a8.5 8.5 0 0 1-15 2.5"/><path d="M19.5 2.5v4h-4M4.500 21.500v-4h4"/>`,
  mirror: svg`<path d="M12 3v18" stroke-dasharray="2.500 2.500"/><path d="M8.500 7 3 17h5.500zM15.500 7 21 17h-5.500z"/>`,
  record: svg`<circle cx="12" cy="12" r="8.500"/><circle cx="12" cy="12" r="4.200" fill="currentColor" stroke="none"/>`,
  stop: svg`<rect x="6" y="6" width="12" height="12" rx="2.500" fill="currentColor"/>`,
  single: svg`<rect x="4" y="4" width="16" height="16" rx="3"/><path d="M12 8.500v7M8.500 12h7"/>`,
  timer: svg`<circle cx="12" cy="13.500" r="7.500"/><path d="M12 9.500v4l2.500 2M9.500 2.500h5M12 2.500V6"/>`,
  files: svg`<path d="M4 15.500V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3.500M12 16V4M7.500 8.500 12 4l4.500 4.500"/>`,
  save: svg`<path d="M4 15.500V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3.500M12 4v12M7.500 11.500 12 16l4.500-4.500"/>`,
  open: svg`<path d="M3 18V6a1 1 0 0 1 1-1h5l2 2.500h8a1 1 0 0 1 1 1V10M3 18l3-8h15.500l-2.800 8.300a1 1 0 0 1-1 .7H4a1 1 0 0 1-1-1Z"/>`,
  pictures: svg`<rect x="3.500" y="7.500" width="13" height="13" rx="2.500"/><path d="M7.500 4.500h10a2.500 2.500 0 0 1 2.500 2.500v9.500"/>`,
  more: svg`<g fill="currentColor" stroke="none"><circle cx="5" cy="12" r="1.900"/><circle cx="12" cy="12" r="1.900"/><circle cx="19" cy="12" r="1.900"/></g>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  check: svg`<path d="m5 12.500 4.500 4.500L19 7.500"/>`,
  trash: svg`<path d="M4.500 7h15M9.500 7V4.500h5V7M6.500 7l.8 12a1 1 0 0 0 1 1h7.400a1 1 0 0 0 1-1l.8-12M10 11v5.500M14 11v5.500"/>`,
  up: svg`<path d="M12 19V5M6 11l6-6 6 6"/>`,
  down: svg`<path d="M12 5v14M6 13l6 6 6-6"/>`,
  next: svg`<path d="m9 5 7 7-7 7"/>`,
  previous: svg`<path d="m15 5-7 7 7 7"/>`,
  pause: svg`<path d="M8.500 5v14M15.500 5v14" stroke-width="2.600"/>`,
  play: svg`<path d="M8 5v14l11-7z" fill="currentColor"/>`,
  eye: svg`<path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Z"/><circle cx="12" cy="12" r="3"/>`,
  leaveOut: svg`<path d="m4 4 16 16M9 6a9.600 9.600 0 0 1 3-.5c6 0 9.500 6.500 9.500 6.500a17 17 0 0 1-3 3.700M6 7.700A16.500 16.500 0 0 0 2.500 12S6 18.500 12 18.500a9.400 9.400 0 0 0 4-.9"/>`,
  settings: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2.200"/><circle cx="9" cy="17" r="2.200"/>`,
  wrench: svg`<path d="M20.500 7.500a4.500 4.500 0 0 1-6.200 4.200L7 19a2 2 0 0 1-2.900-2.900l7.300-7.300A4.500 4.500 0 0 1 17 3.100l-2.700 2.700.6 2.700 2.700.6 2.700-2.700q.2.500.2 1.100Z"/>`,
  layers: svg`<path d="m12 3.500 9 4.700-9 4.700-9-4.700zM3.500 12.500 12 17l8.500-4.500M3.500 16.500 12 21l8.500-4.500"/>`,
  help: svg`<circle cx="12" cy="12" r="9"/><path d="M9.300 9.300a2.800 2.800 0 1 1 4 2.600c-.9.400-1.300 1-1.300 2"/><path d="M12 16.800v.1" stroke-width="2.600"/>`,
  language: svg`<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.600 2.600 3.800 5.600 3.800 9s-1.200 6.400-3.800 9c-2.600-2.600-3.800-5.600-3.800-9S9.400 5.600 12 3Z"/>`,
  sun: svg`<circle cx="12" cy="12" r="4.200"/><path d="M12 2.500V5M12 19v2.500M2.500 12H5M19 12h2.500M5.300 5.300 7 7M17 17l1.700 1.700M5.300 18.700 7 17M17 7l1.700-1.700"/>`,
  moon: svg`<path d="M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z"/>`,
  contrast: svg`<circle cx="12" cy="12" r="9"/><path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor"/>`,
  undo: svg`<path d="M4 10h11a5 5 0 0 1 0 10h-4M8 6l-4 4 4 4"/>`,
  redo: svg`<path d="M20 10H9a5 5 0 0 0 0 10h4M16 6l4 4-4 4"/>`,
  shield: svg`<path d="M12 3 4.500 6v5.500c0 4.700 3.100 8 7.500 9.500 4.400-1.500 7.500-4.800 7.500-9.500V6z"/><path d="m8.800 12 2.300 2.300 4.200-4.500"/>`,
  lasso: svg`<path d="M12 4c5 0 9 2.700 9 6s-4 6-9 6-9-2.700-9-6 4-6 9-6ZM7 15.300c-1.500 1.200-1.500 3.200.5 3.700 1.500.4 2 1.500 1.500 2.500" stroke-dasharray="3.500 2.500"/>`,
  hand: svg`<path d="M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  map: svg`<rect x="3.500" y="3.500" width="17" height="17" rx="3"/><circle cx="8.500" cy="9" r="1.500"/><circle cx="8" cy="14" r="1.500"/><circle cx="12" cy="11.500" r="1.500"/><path d="m15 13.500 2.500 4h-5z"/>`,
  why: svg`<circle cx="10.500" cy="10.500" r="7"/><path d="m15.800 15.800 5 5M8.600 9a2 2 0 1 1 2.800 1.900c-.6.300-.9.700-.9 1.300M10.500 14.300v.1"/>`,
  wrong: svg`<path d="M4 4.500h16a1 1 0 0 1 1 1V16a1 1 0 0 1-1 1h-8l-4.500 4V17H4a1 1 0 0 1-1-1V5.500a1 1 0 0 1 1-1Z"/><path d="m9.500 8.300 5 5M14.500 8.300l-5 5"/>`,
  warning: svg`<path d="M12 4 2.800 19.500h18.400z"/><path d="M12 10v4.500M12 17v.1"/>`,
};

/** @typedef {keyof typeof SHAPES} IconName */

/** @param {IconName} name @param {string} [className] */
export function icon(name, className = '') {
  return html`<svg class="icon ${className}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${SHAPES[name]}</svg>`;
}
