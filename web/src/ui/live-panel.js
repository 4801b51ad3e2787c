// The live answer: the winner large, a bar for every class, and the engineer's numbers on request.

import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { token } from '../kit/token.js';
import { vars } from '../kit/vars.js';

/** @typedef {import('../state/app.js').App} App */

/** A screen reader that heard every change would never fall silent. */
const SAY_AT_MOST_EVERY_MS = 1500;
/** From so many classes on the bars stand in columns. */
const MANY = 6;

/** @param {HTMLElement} host @param {App} app */
export function mountLivePanel(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const stage = /** @type {HTMLElement} */ (host.closest('.stage'));
  let saidAt = 0;

  function winner() {
    const { live, classes } = state;
    const index = classes.findIndex(({ id }) => id !== null && id === live.winnerId);
    const card = classes[index];
    if (live.ranked.length === 0) {
      return html`<p class="winner winner-none">
        <span class="winner-name">${t(app.live.canAnswer ? 'live.waiting' : 'live.notYet')}</span>
      </p>`;
    }
    if (!card) {
      return html`<p class="winner winner-none"><span class="winner-name">${t(live.isUnknown ? 'live.noneOfThese' : 'live.notSure')}</span></p>`;
    }
    const part = live.ranked.find(({ classId }) => classId === card.id)?.probability ?? 0;
    return html`<p class="winner" data-slot=${card.slot}>
      ${token(card.slot, index + 1)}
      <span class="winner-name ${lengthOf(card.name)}" dir="auto">${card.name}</span>
      <span class="winner-part numbers">${texts.percent(part)}</span>
    </p>`;
  }

  function bars() {
    const { live, settings } = state;
    const parts = new Map(live.ranked.map(({ classId, probability }) => [classId, probability]));
    const cards = state.classes.map((card, index) => ({ card, number: index + 1 })).filter(({ card }) => card.enabled);
    return html`<ul class="bars ${live.isUnknown ? 'is-unknown' : ''}" ${vars({ '--threshold': settings.threshold })}>
      ${repeat(
        cards,
        ({ card }) => card.key,
        ({ card, number }) => {
          const part = (card.id === null ? undefined : parts.get(card.id)) ?? 0;
          return html`<li class="bar ${card.id === live.winnerId && live.winnerId !== null ? 'is-winner' : ''}" data-slot=${card.slot}>
            ${token(card.slot, number)}
            <span class="bar-name" dir="auto">${card.name}</span>
            <span class="bar-part numbers">${live.ranked.length > 0 ? texts.percent(part) : nothing}</span>
            <span class="bar-track" aria-hidden="true"><span class="bar-fill" ${vars({ '--part': part.toFixed(3) })}></span></span>
          </li>`;
        },
      )}
    </ul>`;
  }

  function numbers() {
    const { live, settings } = state;
    if (!settings.showsNumbers || settings.depth === 'plain') {
      return nothing;
    }
    return html`<dl class="live-numbers numbers">
      <div><dt>${t('numbers.rate')}</dt><dd>${texts.number(live.framesPerSecond, { maximumFractionDigits: 0 })}</dd></div>
      <div><dt>${t('numbers.read')}</dt><dd>${texts.ms(live.readMs)}</dd></div>
      <div><dt>${t('numbers.embed')}</dt><dd>${texts.ms(live.embedMs)}</dd></div>
      <div><dt>${t('numbers.head')}</dt><dd>${texts.ms(live.headMs, 2)}</dd></div>
    </dl>`;
  }

  function tools() {
    const { live } = state;
    return html`<div class="live-tools">
      <button type="button" class="button button-quiet" aria-pressed=${live.paused} @click=${() => app.live.togglePause()} ?disabled=${live.source === 'picture'}>
        ${icon(live.paused ? 'play' : 'pause')} <span class="button-word">${t(live.paused ? 'live.resume' : 'live.pause')}</span>
      </button>
      <label class="button button-quiet file-button">
        ${icon('eye')} <span class="button-word">${t('live.tryPicture')}</span>
        <input type="file" class="covering" multiple accept="image/*,video/*" @change=${tryPicture} />
      </label>
      <button type="button" class="button button-quiet" @click=${() => app.dialogs.open('answer')} aria-label=${t('answer.settings')} title=${t('answer.settings')}>
        ${icon('settings')} <span class="button-word">${t('word.settings')}</span>
      </button>
    </div>`;
  }

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async function tryPicture({ currentTarget }) {
    if (currentTarget.files?.length) {
      await app.intake.tryOut(currentTarget.files);
    }
    currentTarget.value = '';
  }

  function draw() {
    const count = state.classes.filter(({ enabled }) => enabled).length;
    stage.dataset.bars = count <= 2 ? 'few' : count < MANY ? 'some' : 'many';
    render(html`${winner()} ${bars()} ${numbers()} ${tools()}`, host);
  }

  function sayWinner() {
    const now = performance.now();
    const card = state.classes.find(({ id }) => id !== null && id === state.live.winnerId);
    const answer = state.live.isUnknown ? t('live.noneOfThese') : card?.name;
    if (answer && !state.recording && now - saidAt > SAY_AT_MOST_EVERY_MS) {
      saidAt = now;
      app.notices.announce(answer, { isAnswer: true });
    }
  }

  app.watch(
    ['live-changed', 'classes-changed', 'samples-changed', 'threshold-chosen', 'showsNumbers-chosen', 'source-changed'],
    draw,
  );
  app.watch(['winner-changed'], sayWinner);
}

/** @param {string} name */
function lengthOf(name) {
  if (name.length > 16) {
    return 'is-longer';
  }
  return name.length > 9 ? 'is-long' : '';
}
