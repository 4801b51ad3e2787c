// What the network sees, layer by layer: where some of its detectors fire in what the camera shows now.

import { live } from 'lit/directives/live.js';
import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { paintLevels } from '../kit/levels.js';
import { token } from '../kit/token.js';
import { sightOf } from '../state/strategies.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/layers.js').Layers} Layers */

const INPUT_PX = 192;

/** @param {HTMLElement} host @param {App} app @param {Layers} layers */
export function mountLayersPanel(host, app, layers) {
  const { state, texts } = app;
  const { t } = texts;
  /** Of a picture that stands still, once it is decoded. @type {{ of: Blob, bitmap: ImageBitmap } | null} */
  let still = null;

  /** @param {Blob} picture */
  async function decode(picture) {
    const bitmap = await createImageBitmap(picture).catch(() => null);
    if (bitmap && layers.shown === picture) {
      still?.bitmap.close();
      still = { of: picture, bitmap };
      paint();
    }
  }

  /** The square that goes in. */
  function paintInput() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (host.querySelector('.layers-input'));
    const { shown } = layers;
    if (!canvas || !shown) {
      return;
    }
    if (shown instanceof Blob && still?.of !== shown) {
      void decode(shown);
      return;
    }
    const source = shown instanceof Blob ? /** @type {NonNullable<typeof still>} */ (still).bitmap : shown;
    const [width, height] =
      source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
    const side = Math.min(width, height);
    canvas
      .getContext('2d')
      ?.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, INPUT_PX, INPUT_PX);
  }

  /** Letters in front of the names of maps, one for each of several networks; of one alone none. */
  const letters = () => [...new Set(layers.stages.map(letterOf))];

  /** Of several networks the one whose layers are shown: all at once are too many to look at. */
  let chosen = '';
  const shownLetter = () => (letters().includes(chosen) ? chosen : (letters()[0] ?? ''));
  const shownStages = () => layers.stages.filter((stage) => letterOf(stage) === shownLetter());

  function paint() {
    paintInput();
    const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (host.querySelectorAll('.layer-map'));
    let at = 0;
    for (const { width, height, channels } of shownStages()) {
      for (const { values } of channels) {
        if (canvases[at]) {
          paintLevels(canvases[at], { width, height, values });
        }
        at += 1;
      }
    }
    host.classList.toggle('is-mirrored', state.settings.mirror && layers.shown instanceof HTMLVideoElement);
  }

  /** @param {import('../engine/headstart.js').FeatureMaps['channels'][number]} channel */
  function map({ channel, classId }) {
    const index = state.classes.findIndex(({ id }) => id === classId);
    const card = state.classes[index];
    const words = card
      ? t('layers.mapOf', { number: channel + 1, name: card.name })
      : t('layers.map', { number: channel + 1 });
    return html`<li class="layer-detector">
      <canvas class="layer-map" role="img" aria-label=${words} title=${words}></canvas>
      ${card ? token(card.slot, index + 1) : ''}
    </li>`;
  }

  /** @param {import('../engine/headstart.js').FeatureMaps} stage */
  function stageOf(stage) {
    return html`<li class="layer ${stage.isOwn ? 'is-own' : ''}">
      <ul class="layer-maps">${stage.channels.map(map)}</ul>
      <p><strong>${t('layers.sees', { sight: t(sightOf(layers.strideOf(stage))) })}</strong>
        <span class="small soft numbers"><bdi>${stage.width} × ${stage.height}</bdi></span></p>
      ${stage.isOwn ? html`<p class="small layer-own">${icon('check')} ${t('layers.own')}</p>` : nothing}
    </li>`;
  }

  /** @param {string} letter */
  function choose(letter) {
    chosen = letter;
    draw();
  }

  function networkChoice() {
    const all = letters();
    if (all.length < 2) {
      return nothing;
    }
    const names = (state.engine.backbone?.name ?? '').split('+');
    return html`<fieldset class="segments layers-networks">
      <legend class="visually-hidden">${t('layers.which')}</legend>
      ${all.map(
        (letter, index) => html`<label class="segment">
          <input type="radio" name="layers-network" class="covering" .checked=${live(letter === shownLetter())} @change=${() => choose(letter)} />
          <span>${t('layers.network', { number: index + 1 })} <span class="small for-engineers" dir="auto">${names[index]}</span></span>
        </label>`,
      )}
    </fieldset>`;
  }

  /** Which detectors are shown, not what they show: that is painted. */
  let drawn = '';

  function draw() {
    if (state.dialog !== 'inside') {
      return;
    }
    const stages = shownStages();
    const shape = JSON.stringify([
      texts.language,
      letters(),
      state.engine.backbone?.name,
      state.classes.map(({ id, name, slot }) => [id, name, slot]),
      stages.map(({ map: name, isOwn, height, channels }) => [
        name,
        isOwn,
        height,
        channels.map(({ channel, classId }) => [channel, classId]),
      ]),
    ]);
    if (shape !== drawn) {
      drawn = shape;
      render(
        html`<h3>${t('layers.title')}</h3>
          <p class="soft">${t(stages.length > 0 ? 'layers.about' : 'layers.waiting')}</p>
          ${networkChoice()}
          <ol class="layers" aria-label=${t('layers.title')}>
            ${
              stages.length > 0
                ? html`<li class="layer">
                    <canvas class="layers-input" width=${INPUT_PX} height=${INPUT_PX} role="img" aria-label=${t('layers.input')}></canvas>
                    <p><strong>${t('layers.input')}</strong></p>
                  </li>`
                : ''
            }
            ${stages.map(stageOf)}
          </ol>`,
        host,
      );
    }
    paint();
  }

  app.watch(['layers-changed', 'dialog-changed', 'classes-changed', 'mirror-chosen'], draw);
}

/** "b" of "b.blocks.3"; empty of "blocks.3". @param {import('../engine/headstart.js').FeatureMaps} stage */
const letterOf = ({ map }) => /^([a-z])\./.exec(map)?.[1] ?? '';
