// Signs that only rooms need that come later: they are not in the way of the first paint.

import { svg } from 'lit/html.js';
import { drawn } from './icons.js';

const SHAPES = {
  lasso: svg`<path d="M12 4c5 0 9 2.7 9 6s-4 6-9 6-9-2.7-9-6 4-6 9-6ZM7 15.3c-1.5 1.2-1.5 3.2.5 3.7 1.5.4 2 1.5 1.5 2.5" stroke-dasharray="3.5 2.5"/>`,
  hand: svg`<path d="M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  map: svg`<rect x="3.5" y="3.5" width="17" height="17" rx="3"/><circle cx="8.5" cy="9" r="1.5"/><circle cx="8" cy="14" r="1.5"/><circle cx="12" cy="11.5" r="1.5"/><path d="m15 13.5 2.5 4h-5z"/>`,
  why: svg`<circle cx="10.5" cy="10.5" r="7"/><path d="m15.8 15.8 5 5M8.6 9a2 2 0 1 1 2.8 1.9c-.6.3-.9.7-.9 1.3M10.5 14.3v.1"/>`,
  wrong: svg`<path d="M4 4.5h16a1 1 0 0 1 1 1V16a1 1 0 0 1-1 1h-8l-4.5 4V17H4a1 1 0 0 1-1-1V5.5a1 1 0 0 1 1-1Z"/><path d="m9.5 8.3 5 5M14.5 8.3l-5 5"/>`,
};

/** @typedef {keyof typeof SHAPES} RoomIconName */

/** @param {RoomIconName} name */
export const roomIcon = (name) => drawn(SHAPES[name]);
