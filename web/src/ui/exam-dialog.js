// The exam: for each class its test pictures, right or wrong at a glance, and the sum beside what was promised.

import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';
import { token } from '../kit/token.js';
import { expectedOf, OF, rightOf } from '../state/right-of.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/exam.js').ExamPicture} ExamPicture */
/** @typedef {import('../state/types.js').ClassCard} ClassCard */

/** @param {HTMLElement} host @param {App} app @param {import('../state/exam.js').Exam} exam */
export function mountExamDialog(host, app, exam) {
  const { state, texts } = app;
  const { t } = texts;
  const dialog = createDialog(host, {
    className: 'exam',
    labelledBy: 'exam-title',
    onClose: () => app.dialogs.close('exam'),
  });

  function summary() {
    const { count, rightCount, unknownCount } = exam.result;
    if (count === 0) {
      return html`<p class="exam-sum soft">${t('exam.empty')}</p>`;
    }
    // In twentieths, as the sentence in front has it.
    const { report, reportIsStale } = state;
    const promised = report?.measured && !reportIsStale ? rightOf(expectedOf(report)) / OF : null;
    return html`<div class="exam-sum">
      <p class="exam-part"><strong>${t('exam.right', { right: rightCount, count })}</strong> <span class="numbers">${texts.percent(rightCount / count)}</span></p>
      ${promised === null ? nothing : html`<p class="soft">${t('exam.promised', { part: texts.percent(promised) })}</p>`}
      ${unknownCount > 0 ? html`<p class="soft">${t('exam.unknown', { count: unknownCount })}</p>` : nothing}
    </div>`;
  }

  /** @param {ExamPicture} picture @param {number} index */
  function tile(picture, index) {
    const { answer } = picture;
    const called = state.classes.find(({ key }) => key === answer?.classKey);
    const isRight = answer !== null && answer.classKey === picture.classKey;
    const said = answer === null ? '' : answer.isUnknown ? t('live.noneOfThese') : (called?.name ?? t('live.notSure'));
    const label = t(answer === null ? 'exam.waiting' : isRight ? 'exam.tileRight' : 'exam.tileWrong', {
      number: index + 1,
      name: said,
    });
    return html`<li class="exam-tile ${answer === null ? '' : isRight ? 'is-right' : 'is-wrong'}">
      <img src=${picture.url} alt=${label} title=${label} />
      ${answer === null ? nothing : html`<span class="exam-mark" aria-hidden="true">${icon(isRight ? 'check' : 'close')}</span>`}
      ${answer === null || isRight ? nothing : html`<span class="exam-said" aria-hidden="true" dir="auto">${said}</span>`}
      <button type="button" class="exam-remove" @click=${() => exam.remove(picture.id)} aria-label=${t('exam.remove', { number: index + 1 })} >${t('exam.word.remove')}</button>
    </li>`;
  }

  /** @param {ClassCard} card @param {number} index */
  function classRow(card, index) {
    const own = exam.pictures.filter(({ classKey }) => classKey === card.key);
    const part = exam.result.perClass.find(({ key }) => key === card.key);
    const isRecording = exam.recordingKey === card.key;
    return html`<section class="exam-class" aria-label=${card.name}>
      <h3 class="exam-name">${token(card.slot, index + 1)} <span dir="auto">${card.name}</span>
        ${part?.count ? html`<span class="numbers soft">${part.rightCount} / ${part.count}</span>` : nothing}
      </h3>
      <div class="button-row">
        <button type="button" class="button" ?disabled=${exam.recordingKey !== null && !isRecording} @click=${() => exam.record(card.key)} aria-label=${t(isRecording ? 'stop' : 'exam.recordOf', { name: card.name })}>
          ${icon(isRecording ? 'stop' : 'record')} ${t(isRecording ? 'stop' : 'exam.record')}
        </button>
        <label class="button file-button">
          ${icon('files')} ${t('exam.files')}
          <input type="file" class="covering" multiple accept="image/*,video/*" aria-label=${t('exam.filesOf', { name: card.name })} @change=${(/** @type {any} */ event) => takeFiles(card, event.target)} />
        </label>
      </div>
      <ul class="exam-strip">${repeat(own, ({ id }) => id, tile)}</ul>
    </section>`;
  }

  /** @param {ClassCard} card @param {HTMLInputElement} input */
  async function takeFiles(card, input) {
    await exam.take(card.key, [...(input.files ?? [])]);
    input.value = '';
  }

  function draw() {
    const isOpen = state.dialog === 'exam';
    if (isOpen) {
      render(
        html`<header class="dialog-head">
            <h2 id="exam-title">${t('exam.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('exam')} aria-label=${t('close')}>${icon('close')}</button>
          </header>
          <div class="dialog-body stack">
            <p class="soft">${t('exam.about')}</p>
            <div aria-live="polite">${summary()}</div>
            ${state.classes.filter(({ enabled }) => enabled).map(classRow)}
            ${
              exam.pictures.length > 0
                ? html`<div class="button-row"><button type="button" class="button" @click=${() => exam.clear()}>${icon('trash')} ${t('exam.clear')}</button></div>`
                : nothing
            }
          </div>`,
        dialog.element,
      );
    }
    dialog.toggle(isOpen);
  }

  app.watch(['dialog-changed', 'classes-changed', 'exam-changed', 'training-ended', 'camera-changed'], draw);
}
