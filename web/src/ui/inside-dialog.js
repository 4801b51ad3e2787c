// The window on the network: a frame with places, which the parts fill.

import { html, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountInsideDialog(host, app) {
  const { t } = app.texts;
  const dialog = createDialog(host, {
    className: 'inside',
    labelledBy: 'network-title',
    onClose: () => app.dialogs.close('inside'),
  });
  const head = document.createElement('header');
  head.className = 'dialog-head';
  const body = document.createElement('div');
  body.className = 'dialog-body inside-body';

  /** @param {string} className */
  function place(className) {
    const element = document.createElement('section');
    element.className = className;
    body.append(element);
    return element;
  }
  const parts = {
    layers: place('inside-layers'),
    network: place('inside-network'),
    tuning: place('inside-tuning tuning'),
    cases: place('inside-cases for-engineers'),
    advice: place('inside-advice'),
    data: place('inside-data'),
  };
  dialog.element.append(head, body);

  function draw() {
    render(
      html`<h2 id="network-title">${t('network.title')}</h2>
        <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('inside')} aria-label=${t('close')}>${icon('close')}</button>`,
      head,
    );
    dialog.toggle(app.state.dialog === 'inside');
  }

  app.watch(['dialog-changed'], draw);
  return parts;
}
