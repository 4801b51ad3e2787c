// "Make it do something": what each class says, sounds and shows, and where answers go besides.

import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import listeningSketch from '../export/snippets/p5-listens.js?raw';
import { addressOf } from '../kit/blob-address.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { settled } from '../kit/settled.js';
import { token } from '../kit/token.js';
import { noActions } from '../outputs/reactions.js';
import { SOUND_NAMES } from '../outputs/sounds.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/types.js').ClassCard} ClassCard */

const MOMENTS = /** @type {const} */ (['start', 'end', 'each']);
const EMOJI = ['👍', '👎', '✊', '✋', '✌️', '⭐', '❤️', '🎉', '🐱', '🐶', '🚦', '🤖'];

/** @param {HTMLElement} host @param {App} app @param {import('../state/outputs.js').Outputs} outputs */
export function mountOutputsDialog(host, app, outputs) {
  const { state, texts } = app;
  const { t } = texts;
  const dialog = createDialog(host, {
    className: 'drawer outputs',
    labelledBy: 'outputs-title',
    onClose: () => app.dialogs.close('outputs'),
  });

  /** @param {ClassCard} card */
  function soundChoice(card) {
    const { sound, ownSound } = card.actions ?? noActions();
    const isRecording = outputs.ports.recordingKey === card.key;
    return html`<div class="output-sound">
      <label class="field">
        <span class="field-label">${t('outputs.sound')}</span>
        <select class="select" aria-label=${t('outputs.soundOf', { name: card.name })} @change=${(/** @type {any} */ event) => outputs.set(card.key, { sound: event.target.value })}>
          <option value="" .selected=${live(sound === '')}>${t('outputs.noSound')}</option>
          ${SOUND_NAMES.map((name) => html`<option value=${name} .selected=${live(sound === name)}>${t(/** @type {any} */ (`sound.${name}`))}</option>`)}
          ${ownSound ? html`<option value="own" .selected=${live(sound === 'own')}>${t('outputs.ownSound')}</option>` : nothing}
        </select>
      </label>
      <label class="button is-worded file-button" title=${t('outputs.soundFile')}>
        ${icon('files')} <span class="button-word">${t('outputs.word.file')}</span>
        <input type="file" class="covering" accept="audio/*" aria-label=${t('outputs.soundFile')} @change=${(/** @type {any} */ event) => takeSound(card, event.target)} />
      </label>
      <button type="button" class="button is-worded" aria-pressed=${isRecording} @click=${() => outputs.record(card.key)} aria-label=${t(isRecording ? 'stop' : 'outputs.recordSound')} title=${t(isRecording ? 'stop' : 'outputs.recordSound')}>
        ${icon(isRecording ? 'stop' : 'record')} <span class="button-word">${t(isRecording ? 'stop' : 'outputs.word.record')}</span>
      </button>
    </div>`;
  }

  /** @param {ClassCard} card @param {HTMLInputElement} input */
  function takeSound(card, input) {
    const file = input.files?.[0];
    if (file) {
      outputs.set(card.key, { sound: 'own', ownSound: file });
    }
    input.value = '';
  }

  /** One button for both: a picture that is there goes with the next press. @param {ClassCard} card */
  function pictureChoice(card) {
    const { picture } = card.actions ?? noActions();
    if (picture) {
      const label = t('outputs.noPicture', { name: card.name });
      return html`<button type="button" class="button is-worded output-picture" @click=${() => outputs.set(card.key, { picture: null })} aria-label=${label} title=${label}>
        <img src=${addressOf(picture)} alt="" width="40" height="40" /><span class="button-word">${t('outputs.word.noPicture')}</span>
      </button>`;
    }
    const label = t('outputs.picture', { name: card.name });
    return html`<label class="button is-worded file-button" title=${label}>
      ${icon('pictures')} <span class="button-word">${t('outputs.word.picture')}</span>
      <input type="file" class="covering" accept="image/*" aria-label=${label} @change=${(/** @type {any} */ event) => takePicture(card, event.target)} />
    </label>`;
  }

  /** @param {ClassCard} card @param {HTMLInputElement} input */
  function takePicture(card, input) {
    const file = input.files?.[0];
    if (file) {
      outputs.set(card.key, { picture: file });
    }
    input.value = '';
  }

  /** @param {ClassCard} card @param {number} index */
  function classRow(card, index) {
    const actions = card.actions ?? noActions();
    /** @param {'say' | 'show'} name @param {number} most */
    const words = (name, most) => html`<label class="field">
      <span class="field-label">${t(`outputs.${name}`)}</span>
      <input class="input" type="text" dir="auto" maxlength=${most} list=${name === 'show' ? 'outputs-emoji' : nothing} aria-label=${t(`outputs.${name}Of`, { name: card.name })}
        .value=${settled(actions[name])} @change=${(/** @type {any} */ event) => outputs.set(card.key, { [name]: event.target.value.trim() })} />
    </label>`;
    return html`<li class="output-class" data-slot=${card.slot}>
      <h3 class="output-name">${token(card.slot, index + 1)} <span dir="auto">${card.name}</span>
        <button type="button" class="button button-quiet" @click=${() => outputs.tryOut(card.key)} aria-label=${t('outputs.tryOf', { name: card.name })}>${icon('play')} ${t('outputs.try')}</button>
      </h3>
      ${words('say', 200)} ${soundChoice(card)}
      <div class="output-sound">${words('show', 60)} ${pictureChoice(card)}</div>
      <label class="field">
        <span class="field-label">${t('outputs.when')}</span>
        <select class="select" aria-label=${t('outputs.whenOf', { name: card.name })} @change=${(/** @type {any} */ event) => outputs.set(card.key, { when: event.target.value })}>
          ${MOMENTS.map((moment) => html`<option value=${moment} .selected=${live(actions.when === moment)}>${t(`outputs.when.${moment}`)}</option>`)}
        </select>
      </label>
    </li>`;
  }

  /** @param {'serial' | 'midi' | 'messages'} name @param {boolean} isThere @param {() => unknown} toggle */
  function port(name, isThere, toggle) {
    const isOn = outputs.ports[name];
    return html`<li class="output-port">
      <button type="button" class="button button-wide" aria-pressed=${isOn} ?disabled=${!isThere} @click=${toggle}>
        ${icon(isOn ? 'check' : 'next')} ${t(`outputs.${name}`)}
      </button>
      <p class="soft small">${t(isThere ? `outputs.${name}.about` : 'outputs.notHere')}</p>
    </li>`;
  }

  function draw() {
    const isOpen = state.dialog === 'outputs';
    if (isOpen) {
      render(
        html`<header class="dialog-head">
            <h2 id="outputs-title">${t('outputs.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('outputs')} aria-label=${t('close')}>${icon('close')}</button>
          </header>
          <div class="dialog-body stack">
            <p class="soft">${t('outputs.about')}</p>
            <div class="button-row">
              <button type="button" class="button button-strong" ?disabled=${!outputs.canSayNames} @click=${() => outputs.sayNames()}>${icon('play')} ${t('outputs.sayNames')}</button>
              <button type="button" class="button button-strong" @click=${() => app.dialogs.open('big-screen')}>${icon('eye')} ${t('outputs.bigScreen')}</button>
            </div>
            <ul class="output-classes">${repeat(state.classes, ({ key }) => key, classRow)}</ul>
            <datalist id="outputs-emoji">${EMOJI.map((sign) => html`<option value=${sign}></option>`)}</datalist>
            <section class="stack-tight" aria-labelledby="outputs-elsewhere">
              <h3 id="outputs-elsewhere">${t('outputs.elsewhere')}</h3>
              <ul class="output-ports">
                ${port('serial', outputs.hasSerial, () => outputs.toggleSerial())}
                ${port('midi', outputs.hasMidi, () => outputs.toggleMidi())}
                ${port('messages', true, () => outputs.toggleMessages())}
              </ul>
              <details>
                <summary>${t('outputs.program')}</summary>
                <pre id="listening-program" class="output-program" dir="ltr" lang="en" translate="no" tabindex="0" role="region" aria-label=${t('outputs.program')}>${listeningSketch}</pre>
              </details>
            </section>
          </div>`,
        dialog.element,
      );
    }
    dialog.toggle(isOpen);
  }

  app.watch(['dialog-changed', 'classes-changed', 'actions-changed', 'outputs-changed'], draw);
}
