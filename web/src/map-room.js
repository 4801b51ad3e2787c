// Composes the map of all pictures; loaded when the page has nothing to do, or when somebody is quicker.

import './styles/map-room.css';
import { mountMapDialog } from './ui/map-dialog.js';
import { mountMapPanel } from './ui/map-panel.js';

/** @param {{ dialogs: HTMLElement, panel: HTMLElement }} places @param {import('./state/app.js').App} app */
export async function mountMap({ dialogs, panel }, app) {
  const map = await app.loadMap();
  mountMapDialog(dialogs, app, map);
  mountMapPanel(panel, app, map);
}
