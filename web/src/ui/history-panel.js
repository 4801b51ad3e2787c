// "How it got better": each training with what changed since the one before, and the way back to it.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { vars } from '../kit/vars.js';
import { expectedOf, rightOf } from '../state/right-of.js';
import { nameOf } from '../state/strategy-names.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/history.js').History} History */
/** @typedef {import('../state/history.js').Change} Change */

/** More of them are a press away. */
const SHOWN_CHANGES = 6;

/** @param {HTMLElement} host @param {App} app @param {History} history */
export function mountHistoryPanel(host, app, history) {
  const { state, texts } = app;
  const { t } = texts;

  /** @param {Change} change */
  function words(change) {
    switch (change.kind) {
      case 'pictures':
      case 'came':
      case 'left':
        return t(`history.${change.kind}`, { ...change });
      case 'found':
        return t('history.found', {
          name: change.name,
          before: texts.percent(change.before),
          after: texts.percent(change.after),
        });
      case 'way': {
        const { key, values } = nameOf(change.strategy || 'head');
        return t('history.way', { name: t(key, values) });
      }
      default:
        return t(`history.${change.kind}`);
    }
  }

  /** @param {History['list'][number]} entry */
  function row({ past, changes, isNow }) {
    const { report } = past.training;
    const right = report?.measured ? rightOf(expectedOf(report)) : null;
    const time = new Intl.DateTimeFormat(texts.language, { dateStyle: 'medium', timeStyle: 'short' }).format(past.at);
    return html`<li class="past-training" aria-current=${isNow ? 'true' : nothing}>
      <div class="past-head">
        <strong>${right === null ? t('history.unmeasured') : t('history.right', { right })}</strong>
        <span class="small soft numbers">${time}</span>
      </div>
      ${right === null ? nothing : html`<span class="past-bar" aria-hidden="true"><span class="past-bar-fill" ${vars({ '--part': (right / 20).toFixed(2) })}></span></span>`}
      <ul class="small">${changes.slice(0, SHOWN_CHANGES).map((change) => html`<li>${words(change)}</li>`)}</ul>
      ${
        isNow
          ? html`<span class="small">${icon('check')} ${t('history.now')}</span>`
          : html`<button type="button" class="button button-small" ?disabled=${state.training.phase === 'running'} aria-label=${t('history.backOf', { time })} @click=${() => history.goBack(past)}>${icon('undo', 'icon-mirrored')} ${t('history.back')}</button>`
      }
    </li>`;
  }

  function draw() {
    const { list } = history;
    host.hidden = list.length < 2;
    if (host.hidden) {
      return;
    }
    render(
      html`<details class="more">
        <summary id="history-title">${icon('next', 'icon-mirrored')} ${t('history.title')}</summary>
        <ol class="past" reversed>${list.map(row)}</ol>
      </details>`,
      host,
    );
  }

  app.watch(['past-changed', 'training-changed'], draw);
}
