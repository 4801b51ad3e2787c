// Composes what lies behind "Use it elsewhere"; loaded when somebody wants it, or when the page has nothing to do.

import './styles/export-room.css';
import { mountExportDialog } from './ui/export-dialog.js';

/** @param {HTMLElement} dialogs @param {import('./state/app.js').App} app */
export async function mountExport(dialogs, app) {
  mountExportDialog(dialogs, app, await app.loadLeaving());
}
