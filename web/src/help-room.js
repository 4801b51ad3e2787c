// Composes the help; loaded when somebody asks for it, or when the page has nothing to do.

import './styles/help-room.css';
import { HELP_TEXTS } from './texts/help/index.js';
import { mountHelpDialogs } from './ui/help-dialogs.js';
import { mountLessonDialogs } from './ui/lesson-dialogs.js';

/** @param {HTMLElement} dialogs @param {import('./state/app.js').App} app */
export async function mountHelp(dialogs, app) {
  await app.texts.bring(HELP_TEXTS);
  mountHelpDialogs(dialogs, app);
  mountLessonDialogs(dialogs, app);
}
