// Composes the earlier trainings; loaded when the page has nothing to do.

import './styles/history-room.css';
import { mountHistoryPanel } from './ui/history-panel.js';

/** @param {HTMLElement} host @param {import('./state/app.js').App} app */
export async function mountHistory(host, app) {
  mountHistoryPanel(host, app, await app.loadHistory());
}
