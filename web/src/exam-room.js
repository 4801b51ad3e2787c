// Composes the exam; loaded when somebody wants it, or when the page has nothing to do.

import './styles/exam-room.css';
import { mountExamDialog } from './ui/exam-dialog.js';

/** @param {HTMLElement} dialogs @param {import('./state/app.js').App} app */
export async function mountExam(dialogs, app) {
  mountExamDialog(dialogs, app, await app.loadExam());
}
