// "Why?": over the picture what speaks for the answer, and beside it the own pictures that are most like it.

import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import { paintHeat } from '../kit/heat.js';
import { roomIcon } from '../kit/room-icons.js';
import { token } from '../kit/token.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {{ viewfinder: HTMLElement, tools: HTMLElement }} places @param {App} app @param {import('../state/seeing.js').Seeing} seeing */
export function mountWhy({ viewfinder, tools }, app, seeing) {
  const { state, texts } = app;
  const { t } = texts;
  const place = document.createElement('span');
  place.className = 'live-seeing';
  tools.append(place);
  const layer = document.createElement('div');
  layer.className = 'why-layer';
  viewfinder.append(layer);
  const heat = document.createElement('canvas');
  heat.className = 'why-heat';
  heat.setAttribute('role', 'img');

  function drawTool() {
    const isOff = state.recording !== null || (state.live.ranked.length === 0 && !seeing.isOn);
    render(
      isOff
        ? nothing
        : html`<button type="button" class="tool" aria-pressed=${seeing.isOn} @click=${() => seeing.toggle()} aria-label=${t('seeing.why')} title=${t('seeing.why')}>
            ${roomIcon('why')} <span class="seeing-words">${t('seeing.why')}</span>
          </button>`,
      place,
    );
  }

  function strip() {
    const { similar } = seeing;
    if (similar.length === 0) {
      return nothing;
    }
    const sampleIds = similar.map(({ sampleId }) => sampleId);
    return html`<div class="why-similar ${state.live.pictureCount > 1 && state.live.source === 'picture' ? 'is-raised' : ''}">
      <p class="why-words">${t('seeing.similar')}</p>
      <ul class="why-pictures">
        ${repeat(
          similar,
          ({ sampleId }) => sampleId,
          ({ card, url }, index) => html`<li>
            <button type="button" class="why-picture" data-slot=${card.slot} aria-label=${t('seeing.similarOne', { name: card.name, number: index + 1 })} @click=${() => app.viewer.open({ sampleIds, index, title: t('seeing.similar'), classKey: null })}>
              <img src=${url} alt="" class=${state.settings.mirror && state.live.source === 'camera' ? 'is-mirrored' : ''} />
              ${token(card.slot, state.classes.indexOf(card) + 1)}
            </button>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  function drawLayer() {
    const { attention, isOn } = seeing;
    const isShown = isOn && attention !== null;
    layer.hidden = !isShown;
    if (!isShown || !attention) {
      render(nothing, layer);
      return;
    }
    heat.setAttribute('aria-label', t('seeing.heat'));
    heat.title = t('seeing.heat');
    heat.classList.toggle('is-mirrored', state.settings.mirror && state.live.source === 'camera');
    paintHeat(heat, attention);
    render(html`${heat} ${strip()}`, layer);
  }

  app.watch(['seeing-changed', 'live-changed', 'recording-changed'], drawTool);
  app.watch(['seeing-changed', 'classes-changed', 'mirror-chosen', 'source-changed'], drawLayer);
}
