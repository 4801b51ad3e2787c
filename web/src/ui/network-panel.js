// The network, drawn: every layer a slab as high as its map is wide, frozen ones cool, trained ones warm, and a border
// between them to drag, or to move with the arrow keys.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { regionMark } from '../kit/region-marks.js';
import { token } from '../kit/token.js';
import { vars } from '../kit/vars.js';
import { frozenOf, sightOf, zonesOf } from '../state/strategies.js';
import { nameOf } from '../state/strategy-names.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/inside.js').Inside} Inside */

const BIG_STEP = 3;
const MOST_TOKENS = 6;

/** @param {HTMLElement} host @param {App} app @param {Inside['network']} network */
export function mountNetworkPanel(host, app, network) {
  const { state, texts } = app;
  const { t } = texts;
  let dragging = false;
  /** The layer under the pointer. @type {number | null} */
  let looked = null;

  // The border.

  /** @param {PointerEvent} event */
  function borderAt({ clientX }) {
    const track = /** @type {HTMLElement} */ (host.querySelector('.net-track'));
    const { left, width } = track.getBoundingClientRect();
    const part = (clientX - left) / width;
    const fromStart = getComputedStyle(track).direction === 'rtl' ? 1 - part : part;
    return fromStart * network.view.layers.length;
  }

  const track = {
    /** @param {PointerEvent & { currentTarget: HTMLElement }} event */
    pointerdown(event) {
      if (event.button !== 0 || state.settings.depth === 'plain') {
        return;
      }
      event.preventDefault(); // no selection of what it slides over
      dragging = true;
      looked = null;
      event.currentTarget.setPointerCapture(event.pointerId);
      /** @type {HTMLElement | null} */ (host.querySelector('.net-border'))?.focus({ preventScroll: true });
      network.moveBorder(borderAt(event));
    },
    /** @param {PointerEvent} event */
    pointermove(event) {
      if (dragging) {
        network.moveBorder(borderAt(event));
      } else if (event.pointerType === 'mouse') {
        const at = Math.floor(borderAt(event));
        look(at >= 0 && at < network.view.layers.length ? at : null);
      }
    },
    pointerup: () => endDrag(),
    pointercancel: () => endDrag(),
    pointerleave: () => look(null),
  };

  function endDrag() {
    dragging = false;
    draw();
  }

  /** @param {number | null} index */
  function look(index) {
    if (index !== looked) {
      looked = index;
      draw();
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { layers } = network.view;
    const forward = getComputedStyle(host).direction === 'rtl' ? -1 : 1;
    /** @type {Record<string, number>} */
    const steps = {
      ArrowRight: forward,
      ArrowLeft: -forward,
      ArrowUp: 1,
      ArrowDown: -1,
      PageUp: BIG_STEP,
      PageDown: -BIG_STEP,
      Home: -layers.length,
      End: layers.length,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      network.stepBorder(step);
    }
  }

  // What is drawn.

  /** Between 0 and 1 on a scale of doublings. @param {number} value @param {number[]} all */
  function part(value, all) {
    const [least, most] = [Math.log2(Math.min(...all)), Math.log2(Math.max(...all))];
    return ((Math.log2(value) - least) / Math.max(1, most - least)).toFixed(3);
  }

  /** How deep the stack of maps is drawn: 1 to 3. @param {number} channels @param {number[]} all */
  const sheets = (channels, all) => 1 + Math.round(2 * Number(part(channels, all)));

  function wires() {
    const { drawing, layers } = network.view;
    const sides = layers.map(({ side }) => side);
    return html`${drawing.taps.map(
      (tap, rank) =>
        html`<span class="net-wire" ${vars({ '--from': tap, '--rank': rank, '--rise': part(sides[tap], sides) })}></span>`,
    )}<span class="net-wire-end"></span>`;
  }

  function slabs() {
    const { drawing, layers } = network.view;
    const isFrozen = frozenOf(drawing, layers);
    const behind = drawing.way === 'tune' ? /** @type {const} */ ('trained') : /** @type {const} */ ('removed');
    const sides = layers.map(({ side }) => side);
    const counts = layers.map(({ channels }) => channels);
    return layers.map(({ side, channels }, index) => {
      const region = isFrozen[index] ? /** @type {const} */ ('frozen') : behind;
      return html`<li class="net-slab is-${region} ${looked === index ? 'is-looked' : ''}" ${vars({ '--rise': part(side, sides), '--sheets': sheets(channels, counts) })} data-sheets=${sheets(channels, counts)}>
        <span class="net-sheet">${regionMark(region)}</span>
      </li>`;
    });
  }

  function border() {
    const { drawing, layers } = network.view;
    const frozenCount = frozenOf(drawing, layers).filter(Boolean).length;
    // Of several networks one border is moved, and those of the others with it.
    const others = drawing.borders.slice(0, -1);
    return html`${others.map(
      (each) =>
        html`<span class="net-border-too for-engineers" aria-hidden="true" ${vars({ '--border': each, '--count': layers.length })}></span>`,
    )}<div
      class="net-border for-engineers ${dragging ? 'is-dragged' : ''}"
      role="slider"
      tabindex="0"
      aria-label=${t('network.border')}
      aria-orientation="horizontal"
      aria-valuemin="0"
      aria-valuemax=${layers.length}
      aria-valuenow=${drawing.border}
      aria-valuetext=${`${name(network.view.strategy)}. ${t('network.borderValue', { count: frozenCount, total: layers.length })}`}
      aria-describedby="network-caption"
      @keydown=${onKey}
      ${vars({ '--border': drawing.border, '--count': layers.length })}
    ><span class="net-grip"></span></div>`;
  }

  const isSeveral = () => network.view.drawing.borders.length > 1;

  /** Of several networks each kind once: they see the same in the same order. */
  function zones() {
    const all = zonesOf(network.view.layers);
    const shown = isSeveral() ? all.filter(({ side }, at) => all.findIndex((zone) => zone.side === side) === at) : all;
    return shown.map(
      ({ from, count, side, stride }) => html`<li class="net-zone" ${vars({ '--from': from + 1, '--span': count })}>
        <span class="net-side numbers for-engineers"><bdi>${side} × ${side}</bdi></span>
        <span class="net-sight small soft">${t(sightOf(stride))}</span>
      </li>`,
    );
  }

  /** Where there is no room for the zones under their layers, their sides alone stand there. */
  function spans() {
    return zonesOf(network.view.layers).map(
      ({ from, count, side }) =>
        html`<span class="net-span numbers for-engineers" ${vars({ '--from': from + 1, '--span': count })}>${side}</span>`,
    );
  }

  /** @param {string} strategy */
  function name(strategy) {
    const { key, values } = nameOf(strategy);
    return t(key, values);
  }

  function caption() {
    const { layers, drawing, strategy } = network.view;
    const layer = looked === null ? null : layers[looked];
    if (layer) {
      const { side, channels, weightCount, stride } = layer;
      return html`<p class="net-caption" id="network-caption">
        <strong>${t('network.layer', { number: Number(looked) + 1, total: layers.length })}</strong>
        ${t('network.layerFacts', { side, channels, weights: texts.number(weightCount), sight: t(sightOf(stride)) })}
      </p>`;
    }
    const last = layers[drawing.border - 1];
    const sees = last ? t('network.frozenSees', { sight: t(sightOf(last.stride)) }) : t('network.nothingFrozen');
    return html`<p class="net-caption" id="network-caption"><strong>${name(strategy)}</strong> ${sees}</p>`;
  }

  function head() {
    const cards = state.classes.filter(({ enabled }) => enabled);
    return html`<div class="net-head is-trained">
      <span class="net-head-mark">${regionMark('trained')}</span>
      <span class="net-head-tokens" aria-hidden="true">${cards.slice(0, MOST_TOKENS).map((card) => token(card.slot, state.classes.indexOf(card) + 1))}</span>
      <span class="net-head-name small">${t('network.head')}</span>
    </div>`;
  }

  function legend() {
    const { trained, frozen, drawing, layers } = network.view;
    const isCut = drawing.way !== 'tune' && drawing.border < layers.length;
    return html`<dl class="net-legend numbers for-engineers">
      <div class="is-frozen"><dt>${regionMark('frozen')} ${t('network.frozen')}</dt><dd>${t('network.weights', { count: frozen })}</dd></div>
      <div class="is-trained"><dt>${regionMark('trained')} ${t('network.trained')}</dt><dd>${t('network.weights', { count: trained })}</dd></div>
      ${
        isCut
          ? html`<div class="is-removed"><dt>${regionMark('removed')} ${t('network.removed')}</dt><dd>${t('network.layers', { count: layers.length - drawing.border })}</dd></div>`
          : nothing
      }
      <div><dt>${icon('timer')} ${t('network.time')}</dt><dd>${cost()}</dd></div>
    </dl>`;
  }

  function cost() {
    const { estimate, measuring, estimateError } = network.view;
    if (estimate) {
      const memory = estimate.memoryBytes > 1e6 ? ` · ${texts.bytes(estimate.memoryBytes)}` : '';
      return `${t('network.about', { time: texts.duration(estimate.elapsedMs) })}${memory}`;
    }
    if (estimateError) {
      return html`<span class="small">${estimateError}</span>`;
    }
    return measuring ? t('network.measuring') : '–';
  }

  function ways() {
    const { way, ways: offered } = network.view;
    if (offered.length < 2) {
      return nothing;
    }
    return html`<div class="net-ways for-engineers">
      <span class="small" id="network-way">${t('network.way')}</span>
      <div class="segments" role="radiogroup" aria-labelledby="network-way">
      ${offered.map(
        (each) => html`<label class="segment">
          <input type="radio" name="network-way" class="covering" .checked=${way === each} @change=${() => network.chooseWay(each)} />
          ${regionMark(each === 'tune' ? 'trained' : 'removed')} <span>${t(`way.${each}`)}</span>
        </label>`,
      )}
      </div>
    </div>`;
  }

  function action() {
    const { strategy, applied } = network.view;
    const running = state.training.phase === 'running';
    return html`<div class="net-action for-engineers">
      <button type="button" class="button button-strong" ?disabled=${running || !app.training.canTrain} @click=${() => network.apply()}>
        ${icon('layers')} ${t('network.train')}
      </button>
      <span class="small soft">${
        app.training.canTrain
          ? strategy === applied
            ? t('network.inUse')
            : t('network.notInUse', { name: name(applied) })
          : t('network.needsPictures')
      }</span>
    </div>`;
  }

  function draw() {
    if (state.dialog !== 'inside') {
      return;
    }
    if (network.view.layers.length === 0) {
      render(html`<p class="soft">${t('engine.loading')}</p>`, host);
      return;
    }
    render(
      html`<p class="soft net-intro">${t('network.intro')}</p>
        <div class="net ${isSeveral() ? 'is-several' : ''}" ${vars({ '--count': network.view.layers.length })}>
          <div class="net-input">
            ${icon('pictures')}
            <span class="small soft">${t('network.input')}</span>
          </div>
          <div class="net-track" @pointerdown=${track.pointerdown} @pointermove=${track.pointermove} @pointerup=${track.pointerup} @pointercancel=${track.pointercancel} @pointerleave=${track.pointerleave}>
            <div class="net-wires" aria-hidden="true">${wires()}</div>
            <ol class="net-slabs" aria-hidden="true">${slabs()}</ol>
            ${border()}
          </div>
          ${head()}
          <div class="net-spans" aria-hidden="true">${spans()}</div>
          <ol class="net-zones" aria-label=${t('network.zones')}>${zones()}</ol>
        </div>
        ${caption()} ${ways()} ${legend()} ${action()}`,
      host,
    );
  }

  app.watch(
    ['network-changed', 'dialog-changed', 'training-changed', 'advised', 'engine-changed', 'classes-changed'],
    draw,
  );
}
