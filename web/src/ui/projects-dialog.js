// All projects of this browser: opened, named, copied, deleted, brought back; what they take of the disk; and the question
// what to do where a project is not to be had.

import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { settled } from '../kit/settled.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../project/vault-host.js').ProjectSummary} ProjectSummary */

/** Below that a person should know. */
const LITTLE_ROOM_BYTES = 100e6;
/** Phases in which nothing is kept here until the person decides. */
const QUESTIONS = /** @type {const} */ (['elsewhere', 'newer', 'taken', 'superseded']);

/** @param {HTMLElement} host @param {App} app */
export function mountProjectsDialog(host, app) {
  const { state, texts, projects } = app;
  const { t } = texts;
  /** @type {Map<Blob, string>} */
  const addresses = new Map();
  const dialog = createDialog(host, {
    className: 'projects-dialog',
    labelledBy: 'projects-title',
    onClose: () => app.dialogs.close('projects'),
  });
  let wasOpen = false;

  /** @param {Blob} blob */
  function addressOf(blob) {
    const address = addresses.get(blob) ?? URL.createObjectURL(blob);
    addresses.set(blob, address);
    return address;
  }

  function forgetAddresses() {
    const shown = new Set(state.project.list?.flatMap(({ thumbnails }) => thumbnails));
    for (const [blob, address] of addresses) {
      if (!shown.has(blob)) {
        URL.revokeObjectURL(address);
        addresses.delete(blob);
      }
    }
  }

  /** @param {number} time */
  const date = (time) =>
    new Intl.DateTimeFormat(texts.language, { dateStyle: 'medium', timeStyle: 'short' }).format(time);

  /** @param {ProjectSummary} each */
  function facts(each) {
    if (each.isNewer) {
      return t('project.newer');
    }
    const state = each.isDeleted ? t('project.deleted') : each.isOpenElsewhere ? t('project.elsewhere') : '';
    const size = `${t('pictures', { count: each.pictureCount })} · ${texts.bytes(each.bytes)}`;
    return [state, size, date(each.changedAt)].filter(Boolean).join(' · ');
  }

  /** @param {ProjectSummary} each */
  function actions(each) {
    if (each.isNewer) {
      return nothing;
    }
    if (each.isDeleted) {
      return html`<button type="button" class="button" @click=${() => projects.restore(each.id)}>
        ${icon('undo', 'icon-mirrored')} ${t('project.back')}
      </button>`;
    }
    const isOpen = each.id === state.project.id && state.project.phase !== 'elsewhere';
    return html`${
      isOpen
        ? html`<span class="small project-now">${icon('check')} ${t('project.now')}</span>`
        : html`<button type="button" class="button" @click=${() => projects.open(each.id)}>${t('project.open')}</button>`
    }
      <button type="button" class="button button-quiet is-worded" @click=${() => projects.duplicate(each.id, each.name)} aria-label="${t('project.duplicate')}: ${each.name}">
        ${icon('pictures')} <span class="button-word">${t('project.duplicate')}</span>
      </button>
      <button type="button" class="button button-quiet is-worded button-danger" ?disabled=${each.isOpenElsewhere} @click=${() => projects.remove(each.id, each.name)} aria-label="${t('project.delete')}: ${each.name}">
        ${icon('trash')} <span class="button-word">${t('project.delete')}</span>
      </button>`;
  }

  /** @param {ProjectSummary} each */
  function row(each) {
    const isFixed = each.isNewer || each.isDeleted;
    return html`<li class="project ${each.isDeleted ? 'is-deleted' : ''}" data-project=${each.id}>
      <span class="project-thumbnails" aria-hidden="true">
        ${each.thumbnails.map((blob) => html`<img src=${addressOf(blob)} alt="" width="40" height="40" />`)}
      </span>
      <span class="project-text">
        ${
          isFixed
            ? html`<strong dir="auto">${each.name}</strong>`
            : html`<input
              class="project-name"
              dir="auto"
              maxlength="80"
              autocomplete="off"
              .value=${settled(each.name)}
              aria-label=${t('project.name')}
              @change=${(/** @type {any} */ event) => projects.rename(each.id, event.target.value)}
            />`
        }
        <span class="small soft numbers">${facts(each)}</span>
      </span>
      <span class="project-actions">${actions(each)}</span>
    </li>`;
  }

  function room() {
    const { usage, phase } = state.project;
    if (phase === 'off') {
      return html`<p class="small project-warning">${icon('warning')} ${t('project.off')}</p>`;
    }
    if (!usage) {
      return nothing;
    }
    const values = { used: texts.bytes(usage.used), free: texts.bytes(usage.free) };
    return html`<p class="small soft numbers">
        ${t('project.usage', values)} ${t(usage.persisted ? 'project.persisted' : 'project.notPersisted')}
      </p>
      ${usage.free < LITTLE_ROOM_BYTES ? html`<p class="small project-warning">${icon('warning')} ${t('project.littleRoom')}</p>` : nothing}`;
  }

  /** Out of the browser, into a file. */
  function files() {
    const { leaving, saving, classes, engine } = state;
    const isEmpty = classes.every(({ sampleIds }) => sampleIds.length === 0) || engine.phase !== 'ready';
    if (leaving || saving) {
      const { done, total } = leaving ?? /** @type {NonNullable<typeof saving>} */ (saving);
      const stop = () => (leaving ? app.saveProject('stop') : app.exchange.stopSaving());
      return html`<div class="progress">
        <progress max=${total || 1} .value=${total ? done : null} aria-label=${t('keep.saving')}></progress>
        <button type="button" class="button" @click=${stop}>${icon('stop')} ${t('stop')}</button>
      </div>`;
    }
    return html`<div class="stack-tight">
      <div class="button-row">
        <button type="button" class="button button-strong" ?disabled=${isEmpty} aria-describedby="project-file-about" @click=${() => app.saveProject('start')}>${icon('save')} ${t('project.file')}</button>
        <button type="button" class="button" ?disabled=${isEmpty} @click=${() => app.exchange.savePictures()}>${icon('pictures')} ${t('keep.pictures')}</button>
      </div>
      <p class="small soft" id="project-file-about">${t('project.file.about')}</p>
    </div>`;
  }

  function question() {
    const { phase, other, name } = state.project;
    const asked = QUESTIONS.find((each) => each === phase);
    if (!asked) {
      return nothing;
    }
    /** @param {() => unknown} act @param {import('../texts/texts.js').TextKey} key @param {boolean} [isFirst] */
    const answer = (act, key, isFirst = false) =>
      html`<button type="button" class="button ${isFirst ? 'button-strong' : ''}" @click=${act}>${t(key)}</button>`;
    const answers = {
      elsewhere: [
        answer(() => projects.takeOver(), 'project.takeOver', true),
        answer(() => projects.openCopy(), 'project.openCopy'),
        answer(() => projects.openNew(), 'project.new'),
      ],
      newer: [answer(() => projects.openNew(), 'project.new', true)],
      taken: [
        answer(() => projects.takeOver(), 'project.takeBack', true),
        answer(() => projects.create(), 'project.new'),
      ],
      superseded: [answer(() => projects.reload(), 'project.reload', true)],
    };
    return html`<section class="project-question stack-tight" role="alert">
      <h3>${t(`project.${asked}.title`)}</h3>
      <p>${t(`project.${asked}.text`, { name: other?.name ?? name })}</p>
      <div class="project-answers">${answers[asked]}</div>
    </section>`;
  }

  function draw() {
    const isOpen = state.dialog === 'projects';
    if (isOpen && !wasOpen) {
      void projects.list();
    }
    wasOpen = isOpen;
    if (isOpen) {
      forgetAddresses();
      render(
        html`<header class="dialog-head">
            <h2 id="projects-title">${t('projects.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('projects')} aria-label=${t('close')}>
              ${icon('close')}
            </button>
          </header>
          <div class="dialog-body stack">
            ${question()}
            <ul class="projects">${repeat(state.project.list ?? [], ({ id }) => id, row)}</ul>
            ${files()}
            <button type="button" class="button button-wide" ?disabled=${state.project.phase === 'off'} @click=${() => projects.create()}>
              ${icon('plus')} ${t('project.new')}
            </button>
            ${room()}
          </div>`,
        dialog.element,
      );
    }
    dialog.toggle(isOpen);
  }

  app.watch(
    ['dialog-changed', 'project-changed', 'leaving-changed', 'saving-changed', 'samples-changed', 'engine-changed'],
    draw,
  );
}
