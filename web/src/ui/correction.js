// "That was wrong": the shown picture goes to the class that it really is. Between two classes one press says it all;
// among more the picture is kept, and a window asks.

import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { roomIcon } from '../kit/room-icons.js';
import { token } from '../kit/token.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {{ dialogs: HTMLElement, tools: HTMLElement }} places @param {App} app @param {import('../state/seeing.js').Seeing} seeing */
export function mountCorrection({ dialogs, tools }, app, seeing) {
  const { state, texts } = app;
  const { t } = texts;
  const place = document.createElement('span');
  place.className = 'live-seeing';
  tools.append(place);
  const dialog = createDialog(dialogs, {
    className: 'dialog-small',
    labelledBy: 'correction-title',
    onClose: () => {
      seeing.dropQuestion();
      app.dialogs.close('correct');
    },
  });

  async function ask() {
    if (await seeing.ask()) {
      app.dialogs.open('correct');
    }
  }

  /** @param {number} key */
  async function choose(key) {
    const taught = seeing.answer(key);
    app.dialogs.close('correct');
    await taught;
  }

  function drawTool() {
    const { others } = seeing;
    const isOff = state.recording !== null || state.live.ranked.length === 0;
    const [only] = others.length === 1 ? others : [];
    const words = only ? t('seeing.itIs', { name: only.name }) : t('seeing.wrong');
    render(
      isOff
        ? nothing
        : html`<button type="button" class="tool" @click=${() => (only ? seeing.correct(only.key) : ask())} aria-label=${words} title=${words}>
            ${roomIcon('wrong')} <span class="seeing-words">${words}</span>
          </button>`,
      place,
    );
  }

  function drawDialog() {
    const isOpen = state.dialog === 'correct' && seeing.questionUrl !== '';
    if (isOpen) {
      const isMirrored = state.settings.mirror && state.live.source === 'camera';
      const choices = state.classes.map((card, index) => ({ card, index })).filter(({ card }) => card.enabled);
      render(
        html`<header class="dialog-head">
            <h2 id="correction-title">${t('seeing.whatIsIt')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('correct')} aria-label=${t('close')}>${icon('close')}</button>
          </header>
          <div class="dialog-body stack">
            <img class="correction-picture ${isMirrored ? 'is-mirrored' : ''}" src=${seeing.questionUrl} alt=${t('seeing.picture')} />
            <div class="correction-choices">
              ${repeat(
                choices,
                ({ card }) => card.key,
                ({
                  card,
                  index,
                }) => html`<button type="button" class="button correction-choice" data-slot=${card.slot} @click=${() => choose(card.key)}>
                  ${token(card.slot, index + 1)} <span dir="auto">${card.name}</span>
                </button>`,
              )}
            </div>
          </div>`,
        dialog.element,
      );
    } else {
      render(nothing, dialog.element);
    }
    dialog.toggle(isOpen);
  }

  app.watch(['live-changed', 'winner-changed', 'classes-changed', 'recording-changed', 'source-changed'], drawTool);
  app.watch(['dialog-changed', 'seeing-changed', 'classes-changed'], drawDialog);
}
