// "Make it better": one sentence and one button, for what would help most.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { nameOf } from '../state/strategy-names.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/better.js').Suggestion} Suggestion */

/** @param {HTMLElement} host @param {App} app @param {import('../state/better.js').Better} better */
export function mountBetterPanel(host, app, better) {
  const { state, texts } = app;
  const { t } = texts;

  /** @param {Suggestion & { kind: 'data' }} suggestion */
  function aboutPictures({ data: { kind, classIds = [], value = 0 }, sampleIds }) {
    const names = classIds.map((classId) => state.classes.find(({ id }) => id === classId)?.name ?? '–');
    const key = /** @type {import('../texts/texts.js').TextKey} */ (`data.${kind}`);
    const values = { name: names[0] ?? '', other: names[1] ?? '', count: sampleIds.length, part: texts.percent(value) };
    const words = t(key, values);
    const classKey = state.classes.find(({ id }) => id === classIds[0])?.key ?? null;
    return html`<p class="better-words">${words}</p>
      <button type="button" class="button better-button" @click=${() => app.viewer.open({ sampleIds, index: 0, title: words, classKey })}>${icon('eye')} ${t('better.look')}</button>`;
  }

  /** @param {{ key: number, name: string }} card */
  const recordButton = ({ key, name }) =>
    html`<button type="button" class="button better-button" ?disabled=${state.recording !== null} @click=${() => better.record(key)}>${icon('record')} ${t('better.record', { name })}</button>`;

  /** That it learns otherwise than before, for that was measured; and the way back. */
  function followed() {
    const { followed: way } = better;
    if (!way || state.training.phase === 'running') {
      return nothing;
    }
    const { key, values } = nameOf(way.strategy);
    return html`<p class="better-words soft">${t(way.isInUse ? 'better.followed' : 'better.follows', { name: t(key, values) })}</p>
      <button type="button" class="button button-quiet better-button" @click=${() => better.goBack()}>${icon('undo', 'icon-mirrored')} ${t('better.goBack')}</button>`;
  }

  /** @param {Suggestion} suggestion */
  function advise(suggestion) {
    switch (suggestion.kind) {
      case 'record':
        return recordButton(suggestion);
      case 'running':
        if (!suggestion.isAsked) {
          return html`<p class="better-words soft">${t('better.idle')}</p>`;
        }
        return html`<div class="progress"><progress max="1" .value=${suggestion.fraction} aria-label=${t('better.running')}></progress><span class="small soft">${t('better.running')}</span></div>
          <button type="button" class="button better-button" @click=${() => better.stop()}>${icon('stop')} ${t('stop')}</button>`;
      case 'way': {
        const { key, values } = nameOf(suggestion.strategy);
        const { before, after } = suggestion;
        return html`<p class="better-words">${t('better.way', { name: t(key, values), before, after })}</p>
          <button type="button" class="button better-button" @click=${() => better.use(suggestion.strategy)}>${icon('check')} ${t('better.use')}</button>`;
      }
      case 'background':
        return html`<p class="better-words">${t('data.background', { part: texts.percent(suggestion.data.value ?? 0) })}</p>
          ${recordButton(suggestion)}`;
      case 'data':
        return aboutPictures(suggestion);
      default:
        return html`<button type="button" class="button better-button" @click=${() => better.measure()}>${icon('up')} ${t('better.measure')}</button>`;
    }
  }

  function draw() {
    const { suggestion, before } = better;
    render(
      html`${before === null ? nothing : html`<p class="better-words soft">${t('better.before', { right: before })}</p>`}${suggestion ? advise(suggestion) : nothing}${followed()}`,
      host,
    );
  }

  app.watch(['better-changed', 'recording-changed'], draw);
}
