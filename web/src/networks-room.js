// Composes the choice of networks; loaded when somebody asks for it, or when the page has nothing to do.

import { NETWORKS_TEXTS } from './texts/networks/index.js';
import { mountBackboneDialog } from './ui/backbone-dialog.js';
import { mountMissingDialog } from './ui/missing-dialog.js';

/** @param {HTMLElement} dialogs @param {import('./state/app.js').App} app */
export async function mountNetworks(dialogs, app) {
  await app.texts.bring(NETWORKS_TEXTS);
  mountBackboneDialog(dialogs, app);
}

/** @param {HTMLElement} dialogs @param {import('./state/app.js').App} app */
export async function mountMissing(dialogs, app) {
  await app.texts.bring(NETWORKS_TEXTS);
  mountMissingDialog(dialogs, app);
}
