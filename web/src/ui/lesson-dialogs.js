// How it works, in four pictures; and cards with things to try, to be printed for a class.

import { html, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { DRAWING_NAMES, drawing } from '../kit/lesson-drawings.js';

/** @typedef {import('../state/app.js').App} App */

const CARDS = /** @type {const} */ ([
  ['✊ ✋ ✌️', 'game'],
  ['🍎 🍌 🥕', 'things'],
  ['🙂 😮 😴', 'faces'],
  ['📦 🧴 🫙', 'sort'],
  ['🕵️ 🖼️', 'trick'],
  ['🌅 🏠', 'day'],
]);

/** @param {HTMLElement} host @param {App} app */
export function mountLessonDialogs(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const lesson = createDialog(host, {
    className: 'lesson',
    labelledBy: 'lesson-title',
    onClose: () => app.dialogs.close('lesson'),
  });
  const cards = createDialog(host, {
    className: 'cards',
    labelledBy: 'cards-title',
    onClose: () => app.dialogs.close('cards'),
  });

  /** @param {'lesson' | 'cards'} name */
  const head = (name) => html`<header class="dialog-head">
    <h2 id=${`${name}-title`}>${t(`${name}.title`)}</h2>
    <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close(name)} aria-label=${t('close')}>${icon('close')}</button>
  </header>`;

  /** Only the cards, whatever else is open. */
  function print() {
    const { dataset } = document.documentElement;
    dataset.prints = 'cards';
    addEventListener('afterprint', () => delete dataset.prints, { once: true });
    window.print();
  }

  function draw() {
    const { dialog } = state;
    if (dialog === 'lesson') {
      render(
        html`${head('lesson')}
          <div class="dialog-body" tabindex="0" role="region" aria-labelledby="lesson-title">
            <ol class="lesson-steps">
              ${DRAWING_NAMES.map((name) => html`<li>${drawing(name)}<p>${t(`lesson.${name}`)}</p></li>`)}
            </ol>
          </div>`,
        lesson.element,
      );
    }
    if (dialog === 'cards') {
      render(
        html`${head('cards')}
          <div class="dialog-body stack">
            <button type="button" class="button button-strong" @click=${print}>${icon('save')} ${t('cards.print')}</button>
            <ul class="task-cards">
              ${CARDS.map(
                ([signs, name]) => html`<li class="task-card">
                  <p class="task-signs" aria-hidden="true">${signs}</p>
                  <h3>${t(`cards.${name}`)}</h3>
                  <p>${t(`cards.${name}.about`)}</p>
                  <p class="task-line small">${t('cards.found')}</p>
                </li>`,
              )}
            </ul>
          </div>`,
        cards.element,
      );
    }
    lesson.toggle(dialog === 'lesson');
    cards.toggle(dialog === 'cards');
  }

  app.watch(['dialog-changed'], draw);
}
