// Composes the game; loaded when somebody begins it, or when the page has nothing to do.

import './styles/game-room.css';
import { mountGamePanel } from './ui/game-panel.js';

/** @param {HTMLElement} panel @param {import('./state/app.js').App} app */
export async function mountGame(panel, app) {
  mountGamePanel(panel, app, await app.loadGame());
}
