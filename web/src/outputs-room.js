// Composes what lies behind "Make it do something"; loaded when somebody wants it, or when the page has nothing to do.

import './styles/outputs-room.css';
import { mountBigScreen } from './ui/big-screen.js';
import { mountOutputsDialog } from './ui/outputs-dialog.js';

/** @param {HTMLElement} dialogs @param {import('./state/app.js').App} app */
export async function mountOutputs(dialogs, app) {
  const outputs = await app.loadOutputs();
  mountOutputsDialog(dialogs, app, outputs);
  mountBigScreen(dialogs, app);
}
