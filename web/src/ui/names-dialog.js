// Names of an archive that does not say how it wrote them: every way to read them, one to be chosen.

import { live } from 'lit/directives/live.js';
import { html, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountNamesDialog(host, app) {
  const { t } = app.texts;
  const close = () => app.dialogs.close('names');
  const dialog = createDialog(host, { className: 'dialog-small', labelledBy: 'names-title', onClose: close });

  app.watch(['dialog-changed', 'names-chosen'], () => {
    const { names } = app.state;
    if (app.state.dialog === 'names' && names) {
      render(
        html`<header class="dialog-head">
            <h2 id="names-title">${t('names.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${close} aria-label=${t('close')}>${icon('close')}</button>
          </header>
          <div class="dialog-body">
            <fieldset class="choices">
              <legend class="soft small"><bdi>${names.archive}</bdi></legend>
              ${names.ways.map(
                (way, index) => html`<label class="choice">
                  <input type="radio" name="names-way" .checked=${live(names.chosen === index)} @change=${() => app.intake.readNames(index)} />
                  <span>
                    <strong dir="auto">${way.names.map(({ name }) => name).join(', ')}</strong>
                    <span class="soft small">${way.codePage}</span>
                  </span>
                </label>`,
              )}
            </fieldset>
          </div>`,
        dialog.element,
      );
    }
    dialog.toggle(app.state.dialog === 'names' && names !== null);
  });
}
