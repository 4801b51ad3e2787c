// Pictures large: one at a time above, all of them below; one or many to delete, move or copy.

import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import '../kit/picture-strip.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountSampleViewer(host, app) {
  const { state } = app;
  const { t } = app.texts;
  const dialog = createDialog(host, {
    className: 'viewer',
    labelledBy: 'viewer-title',
    onClose: () => app.viewer.close(),
  });
  /** @type {Set<number>} */
  let selected = new Set();
  let anchor = 0;
  /** On a touch screen there is no Shift and no Ctrl: these stand in for them. */
  let picks = false;
  let spans = false;
  let largeUrl = '';
  let largeId = -1;
  let wasOpen = false;

  /** @param {number} sampleId */
  async function showLarge(sampleId) {
    if (sampleId === largeId) {
      return;
    }
    largeId = sampleId;
    const blob = await app.samples.picture(sampleId).catch(() => null);
    if (largeId !== sampleId || !state.viewer) {
      return; // somebody looked on meanwhile
    }
    URL.revokeObjectURL(largeUrl);
    largeUrl = blob ? URL.createObjectURL(blob) : '';
    draw();
  }

  /** @param {CustomEvent} event */
  function onOpened({ detail }) {
    const { index, sampleId, extend, toggle } = detail;
    const { viewer } = state;
    if (!viewer) {
      return;
    }
    if (extend || spans) {
      spans = false;
      const [from, to] = [Math.min(anchor, index), Math.max(anchor, index)];
      selected = new Set(viewer.sampleIds.slice(from, to + 1));
    } else {
      anchor = index;
      if (toggle || picks) {
        if (!selected.delete(sampleId)) {
          selected.add(sampleId);
        }
      } else {
        selected = new Set();
      }
    }
    selected = new Set(selected);
    app.viewer.show(index);
  }

  /** What an action is for: the selected pictures, else the one that is shown large. */
  function chosen() {
    const { viewer } = state;
    if (!viewer) {
      return [];
    }
    return selected.size > 0 ? viewer.sampleIds.filter((id) => selected.has(id)) : [viewer.sampleIds[viewer.index]];
  }

  /** @param {'move' | 'copy'} way @param {HTMLSelectElement} select */
  function send(way, select) {
    const key = Number(select.value);
    select.value = '';
    void app.samples[way](chosen(), key);
    selected = new Set();
  }

  /** @param {'move' | 'copy'} way */
  function target(way) {
    return html`<select class="select" aria-label=${t(`viewer.${way}`)} @change=${(/** @type {any} */ event) => send(way, event.target)}>
      <option value="" selected>${t(`viewer.${way}`)}</option>
      ${state.classes.map((card) => html`<option value=${card.key}>${card.name}</option>`)}
    </select>`;
  }

  /** Pictures that are gone leave the view as well; the last one closes it. */
  function prune() {
    const { viewer } = state;
    if (!viewer) {
      return;
    }
    const present = new Set(state.classes.flatMap((card) => card.sampleIds));
    const card = state.classes.find(({ key }) => key === viewer.classKey);
    const isWholeClass = card && viewer.title === card.name;
    const sampleIds = isWholeClass ? [...card.sampleIds].reverse() : viewer.sampleIds.filter((id) => present.has(id));
    if (sampleIds.length === 0) {
      app.viewer.close();
      return;
    }
    viewer.sampleIds = sampleIds;
    viewer.index = Math.min(viewer.index, sampleIds.length - 1);
    selected = new Set([...selected].filter((id) => present.has(id)));
    draw();
  }

  function body() {
    const { viewer } = state;
    if (!viewer) {
      return nothing;
    }
    const { sampleIds, index, title } = viewer;
    const count = sampleIds.length;
    const position = { number: index + 1, count };
    return html`<header class="dialog-head">
        <h2 id="viewer-title" dir="auto">${title}</h2>
        <span class="soft small numbers">${t('viewer.position', position)}</span>
        <button type="button" class="button button-quiet button-icon" @click=${() => app.viewer.close()} aria-label=${t('close')}>${icon('close')}</button>
      </header>
      <div class="viewer-large">
        <button type="button" class="button is-worded" ?disabled=${index === 0} @click=${() => app.viewer.show(index - 1)} aria-label=${t('viewer.previous')}>${icon('previous', 'icon-mirrored')} <span class="button-word">${t('word.previous')}</span></button>
        <img src=${largeUrl || nothing} alt=${t('picture.label', position)} />
        <button type="button" class="button is-worded" ?disabled=${index === count - 1} @click=${() => app.viewer.show(index + 1)} aria-label=${t('viewer.next')}>${icon('next', 'icon-mirrored')} <span class="button-word">${t('word.next')}</span></button>
      </div>
      <div class="viewer-actions">
        <span class="small soft numbers ${spans || selected.size > 0 ? '' : 'wide-only'}">${hint()}</span>
        <div class="button-row">
          <button type="button" class="button" aria-pressed=${picks} @click=${togglePicking}>${icon('check')} ${t('viewer.select')}</button>
          ${
            picks
              ? html`<button type="button" class="button" aria-pressed=${spans} ?disabled=${selected.size === 0} @click=${toggleSpan}>${t('viewer.range')}</button>
                <button type="button" class="button" @click=${selectAll}>${t('viewer.all')}</button>`
              : nothing
          }
          ${target('move')} ${target('copy')}
          <button type="button" class="button button-danger" @click=${() => app.samples.remove(chosen())}>${icon('trash')} ${t('viewer.delete', { count: Math.max(1, selected.size) })}</button>
        </div>
      </div>
      <picture-strip
        mode="grid"
        role="group"
        aria-label=${title}
        .view=${{
          sampleIds,
          selected,
          current: sampleIds[index],
          picture: app.samples.picture,
          label: (/** @type {number} */ number, /** @type {number} */ total) =>
            t('picture.label', { number, count: total }),
        }}
        @picture-opened=${onOpened}
        @picture-deleted=${() => app.samples.remove(chosen())}
      ></picture-strip>`;
  }

  function hint() {
    if (spans) {
      return t('viewer.rangeHint');
    }
    return selected.size > 0 ? t('viewer.selected', { count: selected.size }) : t('viewer.hint');
  }

  function togglePicking() {
    picks = !picks;
    spans = false;
    selected = new Set();
    draw();
  }

  function toggleSpan() {
    spans = !spans;
    draw();
  }

  function selectAll() {
    const ids = state.viewer?.sampleIds ?? [];
    selected = selected.size === ids.length ? new Set() : new Set(ids);
    draw();
  }

  function draw() {
    const { viewer } = state;
    if (viewer) {
      if (!wasOpen) {
        selected = new Set();
        picks = false;
        spans = false;
        anchor = viewer.index;
      }
      void showLarge(viewer.sampleIds[viewer.index]);
      render(body(), dialog.element);
    } else {
      URL.revokeObjectURL(largeUrl);
      largeUrl = '';
      largeId = -1;
      render(nothing, dialog.element);
    }
    dialog.toggle(viewer !== null);
    if (viewer && !wasOpen) {
      const strip = /** @type {import('../kit/picture-strip.js').PictureStrip | null} */ (
        dialog.element.querySelector('picture-strip')
      );
      const { index } = viewer;
      requestAnimationFrame(() => strip?.focusPicture(index));
    }
    wasOpen = viewer !== null;
  }

  app.watch(['viewer-changed'], draw);
  app.watch(['samples-removed'], prune);
}
