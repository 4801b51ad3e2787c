// A question that has to be answered before anything happens.

import { html, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountQuestionDialog(host, app) {
  const dialog = createDialog(host, {
    className: 'dialog-small',
    labelledBy: 'question-text',
    onClose: () => app.state.question?.answer(null),
  });

  app.watch(['question-changed'], () => {
    const { question } = app.state;
    if (question) {
      render(
        html`<div class="dialog-body">
            <p id="question-text" dir="auto">${question.text}</p>
          </div>
          <footer class="dialog-foot">
            ${question.options.map(
              (option, index) =>
                html`<button type="button" class="button button-wide ${index === 0 ? 'button-strong' : ''}" @click=${() => question.answer(index)}>${option}</button>`,
            )}
          </footer>`,
        dialog.element,
      );
    }
    dialog.toggle(question !== null);
  });
}
