// Two drawers: how a head is trained, and when an answer counts. Plain names, defaults marked, one way back to them.

import { live } from 'lit/directives/live.js';
import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { settled } from '../kit/settled.js';

/** @typedef {import('../state/app.js').App} App */

const HEADS = /** @type {const} */ (['discriminant', 'logistic', 'nearest-mean', 'mlp']);
/** Where the slider starts: what cross-validation takes unless something else is better. */
const USUAL_L2 = 10 ** -3.5;

/** @param {HTMLElement} host @param {App} app */
export function mountSettingsDialogs(host, app) {
  const { state, texts, settings } = app;
  const { t } = texts;
  const { defaults } = settings;
  const training = createDialog(host, {
    className: 'drawer',
    labelledBy: 'training-dialog-title',
    onClose: () => app.dialogs.close('training'),
  });
  /** Where another part says how carefully it looks. */
  const looks = document.createElement('div');
  looks.className = 'stack';
  const answer = createDialog(host, {
    className: 'drawer',
    labelledBy: 'answer-dialog-title',
    onClose: () => app.dialogs.close('answer'),
  });

  /** @param {string} id @param {string} title */
  const head = (id, title) => html`<header class="dialog-head">
    <h2 id=${id}>${title}</h2>
    <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close(state.dialog)} aria-label=${t('close')}>${icon('close')}</button>
  </header>`;

  /** @param {keyof typeof defaults} name */
  const mark = (name) =>
    state.settings[name] === defaults[name]
      ? html`<span class="mark for-engineers">${t('settings.default')}</span>`
      : html`<span class="mark is-changed for-engineers">${t('settings.changed')}</span>`;

  function headChoice() {
    return html`<fieldset class="choices">
      <legend class="field-label">${t('settings.head')} ${mark('head')}</legend>
      ${HEADS.map(
        (kind) => html`<label class="choice">
          <input type="radio" name="head-kind" .checked=${live(state.settings.head === kind)} @change=${() => settings.set('head', kind)} />
          <span>
            <strong>${t(`head.${kind}`)}</strong>
            <span class="soft small">${t(`head.${kind}.about`)}</span>
          </span>
        </label>`,
      )}
    </fieldset>`;
  }

  function strengthChoice() {
    const { l2, head: kind } = state.settings;
    if (kind !== 'logistic') {
      return nothing;
    }
    return html`<fieldset class="choices">
      <legend class="field-label">${t('settings.l2')} ${mark('l2')}</legend>
      <label class="check">
        <input type="checkbox" .checked=${live(l2 === null)} @change=${(/** @type {any} */ event) => settings.set('l2', event.target.checked ? null : USUAL_L2)} />
        <span>${t('settings.l2Auto')}</span>
      </label>
      ${
        l2 === null
          ? nothing
          : html`<label class="field">
            <span class="visually-hidden">${t('settings.l2')}</span>
            <input type="range" min="-6" max="3" step="0.5" .value=${settled(String(Math.log10(l2)))} aria-valuetext=${`L2 = ${l2.toPrecision(2)}`} @change=${(/** @type {any} */ event) => settings.set('l2', 10 ** Number(event.target.value))} />
            <span class="small soft numbers">L2 = ${l2.toPrecision(2)}</span>
          </label>`
      }
    </fieldset>`;
  }

  /**
   * @param {'mirrorViews' | 'secondLook'} name
   * @param {readonly string[]} values
   */
  function viewChoice(name, values) {
    return html`<label class="field">
      <span>${t(`settings.${name}`)} ${mark(name)}</span>
      <select class="select" aria-label=${t(`settings.${name}`)} aria-description=${t(`settings.${name}.about`)} .value=${live(state.settings[name])} @change=${(/** @type {any} */ event) => settings.set(name, event.target.value)}>
        ${values.map((value) => html`<option value=${value} ?selected=${state.settings[name] === value}>${t(/** @type {any} */ (`settings.${name}.${value}`))}</option>`)}
      </select>
      <span class="soft small">${t(`settings.${name}.about`)}</span>
    </label>`;
  }

  /** @param {'seed' | 'folds'} name @param {number} min @param {number} max */
  function numberField(name, min, max) {
    return html`<label class="field">
      <span>${t(`settings.${name}`)} ${mark(name)}</span>
      <input class="input numbers" aria-label=${t(`settings.${name}`)} aria-description=${t(`settings.${name}.about`)} type="number" inputmode="numeric" min=${min} max=${max} step="1" .value=${settled(String(state.settings[name]))} @change=${(/** @type {any} */ event) => setNumber(name, event.target)} />
      <span class="soft small">${t(`settings.${name}.about`)}</span>
    </label>`;
  }

  /** @param {'seed' | 'folds'} name @param {HTMLInputElement} input */
  function setNumber(name, input) {
    settings.set(name, Math.trunc(Number(input.value)));
    input.value = String(state.settings[name]); // what was out of range goes back
  }

  function drawTraining() {
    render(
      html`${head('training-dialog-title', t('training.settings'))}
        <div class="dialog-body stack">
          <label class="check">
            <input type="checkbox" .checked=${live(state.settings.trainsByItself)} @change=${(/** @type {any} */ event) => settings.set('trainsByItself', event.target.checked)} />
            <span>${t('settings.trainsByItself')}</span>
          </label>
          <label class="check">
            <input type="checkbox" .checked=${live(state.settings.measuresByItself)} @change=${(/** @type {any} */ event) => settings.set('measuresByItself', event.target.checked)} />
            <span>${t('settings.measuresByItself')}</span>
          </label>
          ${looks}
          <div class="stack for-engineers">
            ${headChoice()} ${strengthChoice()}
            ${viewChoice('mirrorViews', ['measured', 'yes', 'no'])} ${viewChoice('secondLook', ['asked', 'no'])}
            ${numberField('folds', 2, 20)} ${numberField('seed', 0, Number.MAX_SAFE_INTEGER)}
          </div>
          <div class="button-row">
            <button type="button" class="button" @click=${() => settings.resetTraining()}>${icon('undo')} ${t('settings.reset')}</button>
            <button type="button" class="button for-engineers" @click=${() => app.dialogs.open('backbone')}>${icon('layers')} ${t('backbone.title')}</button>
          </div>
        </div>`,
      training.element,
    );
  }

  /** How easily the answer is "none of these", in words. */
  function strictness() {
    const { knownThreshold } = state.settings;
    if (knownThreshold === 0) {
      return 'settings.known.never';
    }
    if (knownThreshold < 0.4) {
      return 'settings.known.seldom';
    }
    return knownThreshold <= 0.6 ? 'settings.known.usual' : 'settings.known.often';
  }

  function drawAnswer() {
    const { threshold, knownThreshold, steadyMs, showsNumbers } = state.settings;
    render(
      html`${head('answer-dialog-title', t('answer.settings'))}
        <div class="dialog-body stack">
          <label class="field">
            <span>${t('settings.threshold')} ${mark('threshold')}</span>
            <input type="range" aria-label=${t('settings.threshold')} min="0" max="0.99" step="0.01" .value=${live(String(threshold))} aria-valuetext=${texts.percent(threshold)} @input=${(/** @type {any} */ event) => settings.set('threshold', Number(event.target.value))} />
            <span class="small soft numbers">${t('settings.threshold.about', { part: texts.percent(threshold) })}</span>
          </label>
          <label class="field">
            <span>${t('settings.knownThreshold')} ${mark('knownThreshold')}</span>
            <input type="range" aria-label=${t('settings.knownThreshold')} min="0" max="0.95" step="0.05" .value=${live(String(knownThreshold))} aria-valuetext=${t(strictness())} @input=${(/** @type {any} */ event) => settings.set('knownThreshold', Number(event.target.value))} />
            <span class="small soft">${t(strictness())}</span>
          </label>
          <label class="field for-engineers">
            <span>${t('settings.steadyMs')} ${mark('steadyMs')}</span>
            <input type="range" aria-label=${t('settings.steadyMs')} min="0" max="2000" step="50" .value=${live(String(steadyMs))} aria-valuetext=${texts.ms(steadyMs, 0)} @input=${(/** @type {any} */ event) => settings.set('steadyMs', Number(event.target.value))} />
            <span class="small soft numbers">${t('settings.steadyMs.about', { time: texts.ms(steadyMs, 0) })}</span>
          </label>
          <label class="check for-engineers">
            <input type="checkbox" .checked=${live(showsNumbers)} @change=${(/** @type {any} */ event) => settings.set('showsNumbers', event.target.checked)} />
            <span>${t('settings.showsNumbers')}</span>
          </label>
          <div class="button-row">
            <button type="button" class="button" @click=${() => settings.resetLive()}>${icon('undo')} ${t('settings.reset')}</button>
          </div>
        </div>`,
      answer.element,
    );
  }

  function draw() {
    const { dialog } = state;
    if (dialog === 'training') {
      drawTraining();
    }
    if (dialog === 'answer') {
      drawAnswer();
    }
    training.toggle(dialog === 'training');
    answer.toggle(dialog === 'answer');
  }

  app.watch(['dialog-changed', 'settings-changed'], draw);
  return { looks };
}
