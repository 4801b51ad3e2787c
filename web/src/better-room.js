// Composes what would make the answer better; loaded when the page has nothing to do.

import './styles/better-room.css';
import { mountBetterPanel } from './ui/better-panel.js';

/** @param {HTMLElement} host @param {import('./state/app.js').App} app */
export async function mountBetter(host, app) {
  mountBetterPanel(host, app, await app.loadBetter());
}
