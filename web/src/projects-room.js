// Composes the list of projects; loaded when somebody wants it, when a question has to be asked, or when the page has nothing
// to do.

import './styles/projects-room.css';
import { PROJECT_TEXTS } from './texts/projects/index.js';
import { mountProjectsDialog } from './ui/projects-dialog.js';

/** @param {HTMLElement} dialogs @param {import('./state/app.js').App} app */
export async function mountProjects(dialogs, app) {
  await app.texts.bring(PROJECT_TEXTS);
  mountProjectsDialog(dialogs, app);
}
