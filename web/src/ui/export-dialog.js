// "Use it elsewhere": the places where what was learnt can go, the file for each, and a program that uses it.

import { html, nothing, render } from 'lit/html.js';
import { isMeasured } from '../export/places.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../export/places.js').Place} Place */

/** What needs no program of one's own, or one that children write. @type {ReadonlySet<string>} */
const PLAIN_PLACES = new Set(['headstart', 'oneFile', 'p5', 'machine']);

/** @param {HTMLElement} host @param {App} app @param {import('../state/leaving.js').Leaving} leaving */
export function mountExportDialog(host, app, leaving) {
  const { state, texts } = app;
  const { t } = texts;
  const dialog = createDialog(host, {
    className: 'drawer export',
    labelledBy: 'export-title',
    onClose: () => app.dialogs.close('export'),
  });

  /** @param {Place} place */
  const nameOf = ({ name }) => t(/** @type {any} */ (`export.${name}`));

  /** @param {Place} place */
  const classesOf = (place) =>
    `export-place ${PLAIN_PLACES.has(place.name) ? '' : 'for-engineers'} ${leaving.canHold(place) ? '' : 'export-refused'}`;

  /** @param {Place} place */
  function program(place) {
    const text = leaving.program(place);
    const id = `export-program-${place.name}`;
    return html`<details class="export-program">
      <summary>${t('export.program')}</summary>
      <p class="soft small">${t(/** @type {any} */ (`export.put.${place.format.split('-')[0]}`))}</p>
      <pre id=${id} dir="ltr" lang="en" translate="no" tabindex="0" role="region" aria-label=${t('export.program')}>${text}</pre>
      <button type="button" class="button" @click=${() => leaving.copy(text)}>${t('export.copy')}</button>
    </details>`;
  }

  /** @param {Place} place */
  function action(place) {
    if (!leaving.canHold(place)) {
      return html`<p class="small">${t('export.cannotHold')}</p>`;
    }
    if (state.leaving?.place === place.name) {
      const { done, total } = state.leaving;
      return html`<div class="progress">
        <progress max=${total || 1} .value=${total ? done : null} aria-label=${t('export.making')}></progress>
        <button type="button" class="button" @click=${() => leaving.stop()}>${icon('stop')} ${t('stop')}</button>
      </div>`;
    }
    const can = leaving.canSave(place);
    return html`<button type="button" class="button" ?disabled=${!can || state.leaving !== null} aria-describedby=${`export-about-${place.name}`} @click=${() => leaving.save(place)}>
        ${icon('save')} ${t(isMeasured(place) && !leaving.lossOf(place) ? 'export.make' : 'export.save')}
      </button>
      ${can || !place.needsHead ? nothing : html`<p class="soft small">${t(state.engine.head ? 'export.needsPictures' : 'export.needsHead')}</p>`}
      ${loss(place)}`;
  }

  /** What the smaller numbers cost: read before it is saved. @param {Place} place */
  function loss(place) {
    const measured = leaving.lossOf(place);
    if (!measured) {
      return nothing;
    }
    const { knownCount: count, rightBeforeCount: before, rightAfterCount: after } = measured;
    return html`<p class="small" role="status">${t('export.loss', { count, before, after })}</p>`;
  }

  function draw() {
    const isOpen = state.dialog === 'export';
    if (isOpen) {
      leaving.askWhatFits();
      render(
        html`<header class="dialog-head">
            <h2 id="export-title">${t('export.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('export')} aria-label=${t('close')}>${icon('close')}</button>
          </header>
          <div class="dialog-body">
            <p class="soft">${t('export.intro')}</p>
            <ul class="export-places">
              ${leaving.places.map(
                (place) => html`<li class=${classesOf(place)}>
                  <h3>${nameOf(place)}</h3>
                  <p class="soft" id=${`export-about-${place.name}`}>${t(/** @type {any} */ (`export.${place.name}.about`))}</p>
                  ${action(place)} ${place.snippet && state.engine.head && leaving.canHold(place) ? program(place) : nothing}
                </li>`,
              )}
            </ul>
          </div>`,
        dialog.element,
      );
    }
    dialog.toggle(isOpen);
  }

  app.watch(['dialog-changed', 'leaving-changed', 'engine-changed', 'samples-changed', 'training-ended'], draw);
}
