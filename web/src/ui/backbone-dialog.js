// The backbone chooser: what each one costs, whose it is, how fast it is here.

import { live } from 'lit/directives/live.js';
import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { tierName } from '../state/tier-name.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/types.js').State['backbones']['entries'][number]} Entry */

/** @param {HTMLElement} host @param {App} app */
export function mountBackboneDialog(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const dialog = createDialog(host, {
    className: 'drawer',
    labelledBy: 'backbone-dialog-title',
    onClose: () => app.dialogs.close('backbone'),
  });

  const LIVE_MS = 1000 / 15;

  /** @param {Entry} entry */
  function nameOf(entry) {
    if (entry.networks) {
      return tierName(entry.name, texts);
    }
    if (entry.isOwn) {
      return entry.source;
    }
    return entry.file ? entry.name : t(entry.name === 'built-in' ? 'backbone.builtIn' : 'backbone.builtInSmall');
  }

  /** @param {Entry} entry */
  const isInUse = (entry) => state.settings.backbone === entry.name;

  /** @param {Entry} entry */
  function facts(entry) {
    // Of the one that runs the engine itself tells.
    const own = isInUse(entry) ? state.engine.backbone : null;
    const parts = [
      entry.bytes > 0 ? texts.bytes(entry.bytes) : '',
      entry.inputSize || own ? t('backbone.pixels', { size: entry.inputSize || (own?.inputSize ?? 0) }) : '',
      entry.mmac > 0 ? t('backbone.cost', { count: entry.mmac }) : '',
      own?.license || entry.license,
    ];
    return parts.filter(Boolean).join(' · ');
  }

  /** @param {Entry} entry */
  function speed(entry) {
    if (entry.available === false) {
      return html`<span class="small soft">${t('backbone.missing')}</span>`;
    }
    if (entry.measuredMs === null) {
      return nothing;
    }
    const isLive = entry.measuredMs <= LIVE_MS;
    return html`<span class="small numbers"><strong>${texts.ms(entry.measuredMs)}</strong> ${t('backbone.perPicture')} · ${t(isLive ? 'networks.live' : 'networks.notLive')}</span>`;
  }

  const isBusy = () => {
    const { change, measuring } = state.backbones;
    return change !== null || measuring || state.engine.phase !== 'ready';
  };

  /** Where it is a person's own network that runs and can be computed in bytes. @param {Entry} entry */
  function bytesChoice(entry) {
    if (!entry.isOwn || !isInUse(entry) || !state.engine.backbone?.isQuantised) {
      return nothing;
    }
    return html`<label class="check">
        <input type="checkbox" .checked=${live(state.settings.inBytes === entry.name)} ?disabled=${isBusy()} @change=${(/** @type {any} */ { target }) => app.backbones.computeInBytes(target.checked)} />
        ${t('networks.bytes')}
      </label>`;
  }

  /** @param {Entry} entry */
  function choice(entry) {
    return html`<label class="choice ${entry.available ? '' : 'is-disabled'}">
      <input type="radio" name="backbone" .checked=${live(isInUse(entry))} ?disabled=${isBusy() || !entry.available} @change=${() => app.backbones.choose(entry.name)} />
      <span>
        <strong dir="auto">${nameOf(entry)}</strong>
        <span class="small numbers">${facts(entry)}</span>
        <span class="small soft source" dir="auto">${(isInUse(entry) && state.engine.backbone?.source) || entry.source}</span>
        ${speed(entry)}
      </span>
    </label>
    ${bytesChoice(entry)}`;
  }

  /** What the page does by itself, and that there is better where there is. */
  function ownChoice() {
    const tiers = state.backbones.entries.filter(({ networks }) => networks);
    const isMissing = tiers.length > 0 && tiers.every(({ available }) => available === false);
    return html`${isMissing ? html`<p class="small">${t('networks.none')}</p>` : nothing}
      <label class="check">
        <input type="checkbox" .checked=${live(state.settings.picksNetwork)} @change=${(/** @type {any} */ { target }) => app.backbones.letPagePick(target.checked)} />
        ${t('networks.picks')}
      </label>`;
  }

  function ownFile() {
    return html`<label class="button button-strong file-button ${isBusy() ? 'is-disabled' : ''}">
      ${icon('open')} ${t('networks.own')}
      <input type="file" class="covering" accept=".tflite,.safetensors" multiple aria-describedby="own-network-about" ?disabled=${isBusy()} @change=${takeFiles} />
    </label>`;
  }

  /** @param {Event} event */
  function takeFiles({ target }) {
    const input = /** @type {HTMLInputElement} */ (target);
    void app.backbones.useOwn([...(input.files ?? [])]);
    input.value = '';
  }

  function work() {
    const { change, measuring } = state.backbones;
    if (!change && !measuring) {
      return html`${ownFile()}
        <button type="button" class="button" ?disabled=${state.engine.phase !== 'ready'} @click=${() => app.backbones.measure()}>
          ${icon('timer')} ${t('backbone.measure')}
        </button>`;
    }
    const label = change ? t('backbone.changing', { done: change.done, total: change.total }) : t('backbone.measuring');
    return html`<div class="progress">
      <progress max=${change?.total || 1} .value=${change?.done ?? 0} aria-label=${label}></progress>
      <span class="small soft numbers">${label}</span>
      <button type="button" class="button" @click=${() => app.backbones.stop()}>${icon('stop')} ${t('stop')}</button>
    </div>`;
  }

  function draw() {
    const isOpen = state.dialog === 'backbone';
    if (isOpen) {
      void app.backbones.list();
      render(
        html`<header class="dialog-head">
            <h2 id="backbone-dialog-title">${t('backbone.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('backbone')} aria-label=${t('close')}>
              ${icon('close')}
            </button>
          </header>
          <div class="dialog-body stack">
            <p class="soft">${t('backbone.about')}</p>
            ${ownChoice()}
            <fieldset class="choices">
              <legend class="visually-hidden">${t('backbone.title')}</legend>
              ${state.backbones.entries.map(choice)}
            </fieldset>
            <p class="small soft" id="own-network-about">${t('networks.ownAbout')}</p>
          </div>
          <footer class="dialog-foot">${work()}</footer>`,
        dialog.element,
      );
    }
    dialog.toggle(isOpen);
  }

  app.watch(['dialog-changed', 'backbones-changed', 'engine-changed', 'settings-changed'], draw);
}
