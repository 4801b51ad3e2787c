// The map of all pictures: to see at a glance what lies apart, what lies in the wrong heap, and to put it right.

import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { roomIcon } from '../kit/room-icons.js';
import { Scatter } from '../kit/scatter.js';
import { token } from '../kit/token.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/picture-map.js').MapPoint} MapPoint */

/** Who opens a picture walks on to what lies around it. */
const NEAR_COUNT = 24;
const MOST_LISTED = 40;
const ZOOM = 1.5;

/** @param {HTMLElement} host @param {App} app @param {import('../state/picture-map.js').PictureMapState} map */
export function mountMapDialog(host, app, map) {
  const { state, texts } = app;
  const { t } = texts;
  const dialog = createDialog(host, {
    className: 'map',
    labelledBy: 'map-title',
    onClose: () => app.dialogs.close('map'),
  });
  /** What is pointed at, large beside the pointer. */
  const look = document.createElement('div');
  look.className = 'map-look';
  look.hidden = true;
  let lookedAt = -1;
  let lookUrl = '';
  let isListed = false;

  const scatter = new Scatter({
    onLook: (sampleId, at) => void showLook(sampleId, at),
    onOpen: open,
    onChoose: (sampleIds, isMore) => {
      map.choose(sampleIds, isMore);
      announceChosen();
    },
    onToggle: (sampleId) => {
      map.toggle(sampleId);
      announceChosen();
    },
    onDelete: () => void map.remove(),
    thumbOf: map.thumbOf,
  });
  const { element: canvas } = scatter;
  canvas.className = 'map-canvas';
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-describedby', 'map-keys');

  function announceChosen() {
    app.notices.announce(t('map.chosen', { count: map.chosen.size }));
  }

  /** @param {MapPoint} point */
  const nameOf = ({ card, sampleId }) =>
    t('map.point', { name: card.name, number: card.sampleIds.indexOf(sampleId) + 1 });

  /** What is odd about it, in words. @param {MapPoint} point */
  function oddities({ takenFor, isTwin }) {
    const taken = takenFor === null ? null : state.classes.find(({ id }) => id === takenFor);
    return [taken ? t('map.takenFor', { name: taken.name }) : '', isTwin ? t('map.isTwin') : ''].filter(Boolean);
  }

  /** @param {number | null} sampleId @param {{ x: number, y: number }} at */
  async function showLook(sampleId, at) {
    const point = sampleId === null ? null : map.points.find((each) => each.sampleId === sampleId);
    if (!point) {
      lookedAt = -1;
      look.hidden = true;
      return;
    }
    if (lookedAt !== point.sampleId) {
      lookedAt = point.sampleId;
      const picture = await app.samples.picture(point.sampleId).catch(() => null);
      if (lookedAt !== point.sampleId || !picture) {
        return;
      }
      URL.revokeObjectURL(lookUrl);
      lookUrl = URL.createObjectURL(picture);
      if (canvas.matches(':focus-visible')) {
        app.notices.announce([nameOf(point), ...oddities(point)].join('. '));
      }
    }
    const { card } = point;
    render(
      html`<img src=${lookUrl} alt="" />
        <p class="with-token">${token(card.slot, state.classes.indexOf(card) + 1)} <strong dir="auto">${card.name}</strong></p>
        ${oddities(point).map((words) => html`<p class="small" dir="auto">${words}</p>`)}`,
      look,
    );
    const { clientWidth, clientHeight } = canvas;
    look.classList.toggle('is-before', at.x > clientWidth / 2);
    look.classList.toggle('is-above', at.y > clientHeight / 2);
    for (const [name, value] of Object.entries({ '--x': `${at.x}px`, '--y': `${at.y}px` })) {
      look.style.setProperty(name, value);
    }
    look.hidden = false;
  }

  /** @param {number} sampleId */
  function open(sampleId) {
    const from = map.points.find((each) => each.sampleId === sampleId);
    if (!from) {
      return;
    }
    look.hidden = true;
    const away = (/** @type {MapPoint} */ { x, y }) => Math.hypot(x - from.x, y - from.y);
    const near = map.points.filter((point) => point !== from).sort((a, b) => away(a) - away(b));
    const sampleIds = [sampleId, ...near.slice(0, NEAR_COUNT - 1).map((point) => point.sampleId)];
    app.viewer.open({ sampleIds, index: 0, title: t('map.near'), classKey: null });
  }

  /** @param {Iterable<number>} sampleIds @param {string} title */
  function openAll(sampleIds, title) {
    app.viewer.open({ sampleIds: [...sampleIds], index: 0, title, classKey: null });
  }

  /** @param {'isDoubtful' | 'isTwin'} mark @param {string} sign @param {'map.doubtful' | 'map.twins'} words @param {string} why */
  function marked(mark, sign, words, why) {
    const ids = map.points.filter((point) => point[mark]).map(({ sampleId }) => sampleId);
    return html`<button type="button" class="button" ?disabled=${ids.length === 0} title=${why} @click=${() => {
      map.choose(ids);
      announceChosen();
    }}><span class="map-sign is-${mark}" aria-hidden="true">${sign}</span> ${t(words, { count: ids.length })}</button>`;
  }

  /** @param {'choose' | 'pan'} mode @param {import('../kit/room-icons.js').RoomIconName} sign */
  function modeButton(mode, sign) {
    return html`<label class="segment">
      <input type="radio" name="map-mode" class="covering" .checked=${scatter.mode === mode} @change=${() => setMode(mode)} />
      ${roomIcon(sign)} <span>${t(`map.${mode}`)}</span>
    </label>`;
  }

  /** @param {'choose' | 'pan'} mode */
  function setMode(mode) {
    scatter.mode = mode;
    canvas.classList.toggle('is-panning', mode === 'pan');
  }

  function tools() {
    return html`<div class="map-tools">
      <div class="segments" role="radiogroup" aria-label=${t('map.mode')}>${modeButton('choose', 'lasso')} ${modeButton('pan', 'hand')}</div>
      <div class="map-zoom">
        <button type="button" class="button" @click=${() => scatter.zoomBy(ZOOM)}>${icon('plus')} ${t('map.closer')}</button>
        <button type="button" class="button" @click=${() => scatter.zoomBy(1 / ZOOM)}>${roomIcon('minus')} ${t('map.farther')}</button>
        <button type="button" class="button" @click=${() => scatter.fit()}>${t('map.whole')}</button>
      </div>
      <div class="map-marks">
        ${marked('isDoubtful', '?', 'map.doubtful', t('map.doubtfulWhy'))} ${marked('isTwin', '=', 'map.twins', t('map.twinsWhy'))}
      </div>
    </div>`;
  }

  function chosenBar() {
    const count = map.chosen.size;
    if (count === 0) {
      return html`<p class="map-chosen small soft">${t('map.hint')}</p>`;
    }
    return html`<div class="map-chosen">
      <strong>${t('map.chosen', { count })}</strong>
      <select class="select" aria-label=${t('viewer.move')} @change=${(/** @type {any} */ event) => void map.move(Number(event.target.value))}>
        <option value="" selected>${t('viewer.move')}</option>
        ${state.classes.map((card) => html`<option value=${card.key}>${card.name}</option>`)}
      </select>
      <button type="button" class="button button-danger" @click=${() => void map.remove()}>${icon('trash')} ${t('viewer.delete', { count })}</button>
      <button type="button" class="button" @click=${() => openAll(map.chosen, t('map.chosen', { count }))}>${icon('eye')} ${t('map.look')}</button>
      <button type="button" class="button button-quiet" @click=${() => map.choose([])}>${t('map.none')}</button>
    </div>`;
  }

  function legend() {
    return html`<ul class="map-legend" aria-label=${t('classes.title')}>
      ${state.classes.flatMap((card, index) =>
        card.enabled && card.sampleIds.length > 0
          ? [html`<li class="with-token">${token(card.slot, index + 1)} <span dir="auto">${card.name}</span></li>`]
          : [],
      )}
    </ul>`;
  }

  /** The same in words: what is marked, class by class. */
  function list() {
    if (!isListed) {
      return nothing;
    }
    return state.classes
      .filter(({ enabled }) => enabled)
      .map((card) => {
        const own = map.points.filter((point) => point.card === card);
        const odd = own.filter(({ isDoubtful, isTwin }) => isDoubtful || isTwin);
        return html`<h3 class="with-token">${token(card.slot, state.classes.indexOf(card) + 1)} <span dir="auto">${card.name}</span></h3>
          ${odd.length === 0 ? html`<p class="small soft">${t('map.nothing', { count: own.length })}</p>` : nothing}
          <ul class="map-list">
            ${odd
              .slice(0, MOST_LISTED)
              .map(
                (point) =>
                  html`<li><button type="button" class="button button-quiet" @click=${() => open(point.sampleId)}>${nameOf(point)}</button> <span class="small">${oddities(point).join(' ')}</span></li>`,
              )}
          </ul>
          ${
            odd.length > MOST_LISTED
              ? html`<button type="button" class="button" @click=${() =>
                  openAll(
                    odd.map(({ sampleId }) => sampleId),
                    card.name,
                  )}>${t('map.more', { count: odd.length - MOST_LISTED })}</button>`
              : nothing
          }`;
      });
  }

  /** @param {Event & { currentTarget: HTMLDetailsElement }} event */
  function onList({ currentTarget }) {
    if (isListed !== currentTarget.open) {
      isListed = currentTarget.open;
      draw();
    }
  }

  function draw() {
    const isOpen = state.dialog === 'map';
    if (isOpen) {
      canvas.setAttribute('aria-label', t('map.label', { count: map.points.length }));
      const isEmpty = map.points.length === 0;
      render(
        html`<header class="dialog-head">
            <h2 id="map-title">${t('map.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('map')} aria-label=${t('close')}>${icon('close')}</button>
          </header>
          <div class="dialog-body map-body">
            <p class="soft map-about">${t(map.axes === 'discriminants' ? 'map.about' : 'map.aboutOne')}</p>
            ${tools()}
            <div class="map-room" aria-busy=${map.isAsking}>
              ${canvas} ${look}
              ${isEmpty ? html`<p class="map-empty soft">${t(map.hasEnough ? 'map.drawing' : 'map.few')}</p>` : nothing}
            </div>
            ${legend()} ${chosenBar()}
            <p id="map-keys" class="small soft map-keys">${t('map.keys')}</p>
            <details class="map-words" @toggle=${onList}><summary>${t('map.list')}</summary>${list()}</details>
          </div>`,
        dialog.element,
      );
      scatter.show(map.points, map.chosen);
    } else {
      look.hidden = true;
    }
    dialog.toggle(isOpen);
  }

  app.watch(['dialog-changed'], () => {
    if (state.dialog === 'map' && !dialog.isOpen) {
      scatter.forgetPlace();
    }
  });
  app.watch(['dialog-changed', 'map-changed'], draw);
  app.watch(['map-painted'], () => scatter.draw());
  // The system may change it as well as a person.
  new MutationObserver(() => scatter.draw()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}
