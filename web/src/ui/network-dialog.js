/**
 * The window on the network: a frame with places, which the parts fill.
 */

import { html, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountNetworkDialog(host, app) {
  const { t } = app.texts;
  const dialog = createDialog(host, {
    className: 'workbench',
    labelledBy: 'network-title',
    onClose: () => app.dialogs.close('network'),
  });
  const head = document.createElement('header');
  head.className = 'dialog-head';
  const body = document.createElement('div');
  body.className = 'dialog-body workbench-body';

  /** @param {string} className */
  function place(className) {
    const element = document.createElement('section');
    element.className = className;
    body.append(element);
    return element;
  }
  const parts = {
    network: place('workbench-network'),
    tuning: place('workbench-tuning tuning'),
    cases: place('workbench-cases'),
    advice: place('workbench-advice'),
    data: place('workbench-data'),
  };
  dialog.element.append(head, body);

  function draw() {
    render(
      html`<h2 id="network-title">${t('network.title')}</h2>
        <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('network')} aria-label=${t('close')}>${icon('close')}</button>`,
      head,
    );
    dialog.toggle(app.state.dialog === 'network');
  }

  app.watch(['dialog-changed'], draw);
  return parts;
}
