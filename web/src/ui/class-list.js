// The class cards: name, hold to record, pictures, and everything else in a menu.

import { guard } from 'lit/directives/guard.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import { holdHandlers } from '../kit/hold.js';
import { icon } from '../kit/icons.js';
import { closeMenuOf } from '../kit/menus.js';
import { createReorder } from '../kit/reorder.js';
import { settled } from '../kit/settled.js';
import { token } from '../kit/token.js';
import { gameCards } from '../state/game-signs.js';
import '../kit/picture-strip.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/types.js').ClassCard} ClassCard */

const SAMPLE_TYPE = 'application/x-headstart-sample';
/** Places where pictures will be, as many as the widest card shows. */
const GHOSTS = Array.from({ length: 16 });
/** Not every phone lets folders be chosen. */
const CAN_CHOOSE_FOLDERS = 'webkitdirectory' in HTMLInputElement.prototype;

/** @param {HTMLElement} host @param {App} app */
export function mountClassList(host, app) {
  const { state } = app;
  const { t } = app.texts;
  /** @type {Map<number, ReturnType<typeof holdHandlers>>} */
  const holds = new Map();
  /** @type {number | null} */
  let openMenuKey = null;
  const reorder = createReorder({
    itemOf: (handle) => handle.closest('.class-card'),
    items: () => [.../** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll('.class-card'))],
    move: (from, to) => app.classes.move(state.classes[from].key, to),
  });

  /** @param {number} key */
  function holdOf(key) {
    let hold = holds.get(key);
    if (!hold) {
      hold = holdHandlers({
        start: () => app.recording.start(key),
        stop: () => void app.recording.stop(),
        isHeld: () => state.recording?.classKey === key,
      });
      holds.set(key, hold);
    }
    return hold;
  }

  /** Whether this is the button to press next, until two classes have pictures, or all three of the game. @param {ClassCard} card */
  function isNext(card) {
    if (!card.enabled || card.sampleIds.length + card.savedCount > 0) {
      return false;
    }
    const wants = state.classes.filter((each) => each.enabled && each.sampleIds.length + each.savedCount === 0);
    const isBeginning = app.classes.taught.length < 2 || gameCards(state.classes)?.includes(card);
    return Boolean(isBeginning) && state.camera.phase === 'open' && state.recording === null && wants[0] === card;
  }

  /** @param {ClassCard} card */
  function holdButton(card) {
    const on = holdOf(card.key);
    const { recording } = state;
    const isOn = recording?.classKey === card.key;
    const isOther = recording !== null && !isOn;
    return html`<button
      type="button"
      class="hold ${isOn ? 'is-on' : ''} ${isNext(card) ? 'is-next' : ''}"
      ?disabled=${isOther}
      @pointerdown=${on.pointerdown}
      @pointerup=${on.pointerup}
      @pointercancel=${on.pointerup}
      @keydown=${on.keydown}
      @keyup=${on.keyup}
      @blur=${on.blur}
      @click=${on.click}
      @contextmenu=${on.contextmenu}
      aria-label=${t('class.holdLabel', { name: card.name })}
    >
      ${icon('record')}<span>${isOn && recording.countdown === 0 && recording.taken > 0 ? t('class.recording') : t('class.hold')}</span>
    </button>`;
  }

  /** @param {ClassCard} card */
  function captureTools(card) {
    const { recording } = state;
    const isBurst = recording?.classKey === card.key && recording.kind === 'burst';
    const { burstCount: count } = state.settings;
    const timerLabel = isBurst ? t('class.burstStop') : t('class.burst', { count });
    return html`<div class="capture">
      ${holdButton(card)}
      <button type="button" class="button is-worded" ?disabled=${Boolean(recording)} @click=${() => app.recording.single(card.key)} aria-label=${t('class.single')} title=${t('class.single')}>
        ${icon('single')} <span class="button-word">${t('word.one')}</span>
      </button>
      <button type="button" class="button is-worded" ?disabled=${Boolean(recording) && !isBurst} @click=${() => app.recording.burst(card.key)} aria-label=${timerLabel} title=${timerLabel}>
        ${icon(isBurst ? 'stop' : 'timer')} <span class="button-word">${t(isBurst ? 'stop' : 'word.handsFree')}</span>
      </button>
    </div>`;
  }

  /** The first place in the row of pictures: where files come in. @param {ClassCard} card */
  function filesTile(card) {
    return html`<label class="files-tile file-button" title=${t('class.files')}>
      ${icon('files')} <span class="button-word">${t('word.files')}</span>
      <input
        type="file"
        class="covering"
        multiple
        accept="image/*,video/*,.heic,.zip,.tm"
        aria-label=${t('class.filesLabel', { name: card.name })}
        @change=${(/** @type {any} */ event) => takeFiles(event.target, card.key)}
      />
    </label>`;
  }

  /** @param {HTMLInputElement} input @param {number} key */
  async function takeFiles(input, key) {
    await app.intake.take([.../** @type {FileList} */ (input.files)], key);
    input.value = '';
  }

  /** @param {Event & { currentTarget: HTMLInputElement }} event @param {number} key */
  function takeFolder(event, key) {
    const input = event.currentTarget;
    closeMenuOf(event);
    void takeFiles(input, key);
  }

  /** @param {ClassCard} card */
  function pictures(card) {
    if (card.sampleIds.length === 0) {
      return html`<div class="strip-empty">
        ${GHOSTS.map(() => html`<span class="ghost" aria-hidden="true"></span>`)}
        ${card.savedCount > 0 ? nothing : html`<p class="strip-hint small">${t('class.empty')}</p>`}
      </div>`;
    }
    return html`<picture-strip
      mode="row"
      role="group"
      aria-label=${t('class.pictures', { name: card.name })}
      .view=${{
        sampleIds: card.sampleIds,
        newestFirst: true,
        picture: app.samples.picture,
        label: (/** @type {number} */ number, /** @type {number} */ count) => t('picture.label', { number, count }),
      }}
      @picture-opened=${(/** @type {CustomEvent} */ { detail }) => openViewer(card, detail.index)}
      @picture-deleted=${(/** @type {CustomEvent} */ { detail }) => app.samples.remove([detail.sampleId])}
    ></picture-strip>`;
  }

  /** @param {ClassCard} card @param {number} index */
  function openViewer(card, index) {
    const sampleIds = [...card.sampleIds].reverse();
    app.viewer.open({ sampleIds, index, title: card.name, classKey: card.key });
  }

  /** What a menu holds is drawn while it is open: closed, it would be most of two hundred cards. @param {number | null} key */
  function openMenu(key) {
    if (openMenuKey !== key) {
      openMenuKey = key;
      draw();
    }
  }

  /** @param {ClassCard} card @param {number} index */
  function menu(card, index) {
    const { key } = card;
    const isOpen = key === openMenuKey;
    return html`<details class="menu" @toggle=${(/** @type {any} */ event) => {
      if (event.currentTarget.open !== (key === openMenuKey)) {
        openMenu(event.currentTarget.open ? key : null);
      }
    }}>
      <summary class="button button-quiet is-worded" aria-label=${t('class.menu', { name: card.name })} title=${t('class.menu', { name: card.name })} @click=${() => openMenu(key)}>
        ${icon('more')} <span class="button-word">${t('word.more')}</span>
      </summary>
      ${isOpen ? menuList(card, index) : nothing}
    </details>`;
  }

  /** @param {ClassCard} card @param {number} index */
  function menuList(card, index) {
    /** @param {() => unknown} action */
    const item = (action) => (/** @type {Event} */ event) => {
      closeMenuOf(event);
      action();
    };
    const count = card.sampleIds.length;
    return html`<div class="menu-list">
        <fieldset class="swatches">
          <legend class="visually-hidden">${t('class.colour')}</legend>
          ${[1, 2, 3, 4, 5, 6, 7, 8].map(
            (slot) => html`<label class="swatch" title=${t('class.colourNumber', { number: slot })}>
              <input type="radio" class="covering" name="slot-${card.key}" .checked=${live(slot === card.slot)} @change=${() => app.classes.setSlot(card.key, slot)} aria-label=${t('class.colourNumber', { number: slot })} />
              ${token(slot, index + 1)}
            </label>`,
          )}
        </fieldset>
        <button type="button" class="menu-item" ?disabled=${count === 0} @click=${item(() => openViewer(card, 0))}>
          ${icon('eye')} ${t('class.view')}
        </button>
        ${
          CAN_CHOOSE_FOLDERS
            ? html`<label class="menu-item file-button">
              ${icon('open')} ${t('class.folder')}
              <input type="file" class="covering" webkitdirectory @change=${(/** @type {any} */ event) => takeFolder(event, card.key)} />
            </label>`
            : nothing
        }
        <button type="button" class="menu-item" @click=${item(() => app.classes.setEnabled(card.key, !card.enabled))}>
          ${icon(card.enabled ? 'leaveOut' : 'check')} ${t(card.enabled ? 'class.disable' : 'class.enable')}
        </button>
        <button type="button" class="menu-item" ?disabled=${index === 0} @click=${item(() => app.classes.move(card.key, index - 1))}>
          ${icon('up')} ${t('class.moveUp')}
        </button>
        <button type="button" class="menu-item" ?disabled=${index === state.classes.length - 1} @click=${item(() => app.classes.move(card.key, index + 1))}>
          ${icon('down')} ${t('class.moveDown')}
        </button>
        <button type="button" class="menu-item button-danger" ?disabled=${count === 0} @click=${item(() => app.samples.remove([...card.sampleIds]))}>
          ${icon('trash')} ${t('class.clear')}
        </button>
        <button type="button" class="menu-item button-danger" @click=${item(() => app.classes.remove(card.key))}>
          ${icon('trash')} ${t('class.delete')}
        </button>
      </div>`;
  }

  /** In words where there is room, else beside a sign. @param {ClassCard} card */
  function counted(card) {
    // What is counted is on disk; what is on its way, or cannot be written, says so beside it.
    const count = card.sampleIds.length + card.savedCount;
    const unsavedCount = app.projects.saver.unsavedAmong(card.sampleIds);
    if (unsavedCount > 0) {
      return html`<span class="class-count class-unsaved small numbers">${icon('warning')} ${t('class.unsaved', { count: unsavedCount })}</span>`;
    }
    if (!card.enabled) {
      return html`<span class="class-count soft small">${t('class.leftOut')}</span>`;
    }
    return html`${card.waitingCount > 0 ? html`<span class="class-waiting soft small numbers" title=${t('class.saving')}>+${app.texts.number(card.waitingCount)}</span>` : nothing}
      <span class="class-count soft small numbers">${t('pictures', { count })}</span>
      <span class="class-figure soft small numbers" aria-hidden="true">${icon('pictures')}${app.texts.number(count)}</span>`;
  }

  /** @param {KeyboardEvent & { target: HTMLInputElement }} event @param {ClassCard} card */
  function onNameKey(event, card) {
    const { key, target, isComposing } = event;
    // These keys belong to the input method while it puts a word together.
    if (isComposing) {
      return;
    }
    if (key === 'Escape') {
      target.value = card.name;
    }
    if (key === 'Escape' || key === 'Enter') {
      // Named, the class wants pictures: the next press of Enter records. This one must not press what gets the focus.
      event.preventDefault();
      /** @type {HTMLElement | null | undefined} */ (target.closest('.class-card')?.querySelector('.hold'))?.focus();
      target.blur(); // another class is being recorded, and the button cannot have the focus: the name counts all the same
    }
  }

  /** @param {ClassCard} card @param {number} index */
  function cardOf(card, index) {
    return html`<article
      class="card class-card ${card.enabled ? '' : 'is-left-out'} ${state.recording?.classKey === card.key ? 'is-recording' : ''}"
      data-slot=${card.slot}
      data-class-key=${card.key}
      aria-label=${card.name}
      @dragover=${(/** @type {DragEvent} */ event) => onDragOver(event)}
      @dragleave=${(/** @type {any} */ event) => event.currentTarget.classList.remove('is-target')}
      @drop=${(/** @type {DragEvent} */ event) => onDrop(event, card)}
    >
      <header class="class-head">
        <span class="class-token" title=${t('class.drag')} @pointerdown=${(/** @type {PointerEvent} */ event) => reorder.grab(event)}>
          ${token(card.slot, index + 1)}
        </span>
        <input
          class="class-name"
          dir="auto"
          .value=${settled(card.name)}
          maxlength="80"
          autocomplete="off"
          spellcheck="false"
          enterkeyhint="done"
          aria-label=${t('class.name', { number: index + 1 })}
          @focus=${(/** @type {any} */ event) => event.target.select()}
          @keydown=${(/** @type {any} */ event) => onNameKey(event, card)}
          @change=${(/** @type {any} */ event) => rename(card, event.target)}
        />
        ${counted(card)} ${menu(card, index)}
      </header>
      <div class="class-body">${captureTools(card)}
        <div class="class-pictures">${guard(picturesOf(card), () => html`${filesTile(card)} ${pictures(card)}`)}</div>
      </div>
    </article>`;
  }

  /** @param {ClassCard} card @param {HTMLInputElement} field */
  function rename(card, field) {
    app.classes.rename(card.key, field.value);
    field.value = card.name; // an empty name is none: the old one stands again
  }

  /** @param {DragEvent} event */
  function onDragOver(event) {
    const types = event.dataTransfer?.types ?? [];
    if ([SAMPLE_TYPE, 'Files', 'text/uri-list', 'text/html'].some((type) => types.includes(type))) {
      event.preventDefault();
      /** @type {HTMLElement} */ (event.currentTarget).classList.add('is-target');
    }
  }

  /** @param {DragEvent} event @param {ClassCard} card */
  function onDrop(event, card) {
    event.preventDefault();
    event.stopPropagation();
    /** @type {HTMLElement} */ (event.currentTarget).classList.remove('is-target');
    const transfer = /** @type {DataTransfer} */ (event.dataTransfer);
    const sampleId = transfer.getData(SAMPLE_TYPE);
    if (sampleId) {
      const isCopy = event.ctrlKey || event.altKey;
      void app.samples[isCopy ? 'copy' : 'move']([Number(sampleId)], card.key);
    } else {
      void app.intake.take(transfer, card.key);
    }
  }

  function addClass() {
    const card = app.classes.add();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const field = host.querySelector(`[data-class-key="${card.key}"] .class-name`);
        /** @type {HTMLInputElement | null} */ (field)?.focus();
      }),
    );
  }

  /** What its row of pictures shows. @param {ClassCard} card */
  const picturesOf = ({ name, sampleIds, savedCount }) => [
    app.texts.language,
    name,
    sampleIds,
    sampleIds.length,
    savedCount > 0,
  ];

  /** All that a card shows: of two hundred only the one is drawn anew that a picture came to. @param {ClassCard} card @param {number} index */
  function looksOf(card, index) {
    const { recording, settings, classes } = state;
    const own = recording?.classKey === card.key ? recording : null;
    const isRecording = own !== null && own.countdown === 0 && own.taken > 0;
    return [
      ...[index, index === classes.length - 1, settings.burstCount, isNext(card), card.key === openMenuKey],
      ...[card.slot, card.enabled, card.waitingCount, ...picturesOf(card), card.savedCount],
      ...[app.projects.saver.unsavedAmong(card.sampleIds), recording !== null, own?.kind, isRecording],
    ];
  }

  function draw() {
    render(
      html`<h2 id="classes-title" class="visually-hidden">${t('classes.title')}</h2>
        ${repeat(
          state.classes,
          (card) => card.key,
          (card, index) => guard(looksOf(card, index), () => cardOf(card, index)),
        )}
        <button type="button" class="button button-wide add-class" @click=${addClass}>
          ${icon('plus')} ${t('class.add')}
        </button>
        ${state.classes.length === 0 ? html`<p class="soft">${t('classes.none')}</p>` : nothing}`,
      host,
    );
  }

  app.watch(
    [
      'classes-changed',
      'actions-changed',
      'samples-changed',
      'samples-loaded',
      'unsaved-changed',
      'recording-changed',
      'burstCount-chosen',
      'camera-changed',
    ],
    draw,
  );
}
