// Earlier trainings: what changed from one to the next, how good each was, and a way back to it.

import { surplusOf } from '../project/past-trainings.js';
import { HISTORY_TEXTS } from '../texts/history/index.js';

/** @typedef {Awaited<ReturnType<typeof createHistory>>} History */
/** @typedef {import('../project/past-trainings.js').PastTraining} PastTraining */
/** @typedef {import('./types.js').TrainReport} TrainReport */
/**
 * @typedef {{ kind: 'first' | 'same' }
 *   | { kind: 'pictures', name: string, before: number, after: number }
 *   | { kind: 'came', name: string, after: number }
 *   | { kind: 'left', name: string }
 *   | { kind: 'way', strategy: string }
 *   | { kind: 'found', name: string, before: number, after: number }} Change
 */

/** Less of a class found or missed is no news. */
const WORTH_TELLING = 0.05;

/**
 * What differs between a training and the one before it.
 *
 * @param {PastTraining} past
 * @param {PastTraining | undefined} before
 * @returns {Change[]}
 */
export function changesOf(past, before) {
  if (!before) {
    return [{ kind: 'first' }];
  }
  /** @type {Change[]} */
  const changes = [];
  const then = new Map(before.classes.map((each) => [each.id, each]));
  for (const { id, name, count } of past.classes) {
    const was = then.get(id);
    then.delete(id);
    if (!was) {
      changes.push({ kind: 'came', name, after: count });
    } else if (was.count !== count) {
      changes.push({ kind: 'pictures', name, before: was.count, after: count });
    }
  }
  for (const { name } of then.values()) {
    changes.push({ kind: 'left', name });
  }
  const strategy = past.training.head.strategy ?? '';
  if (strategy !== (before.training.head.strategy ?? '')) {
    changes.push({ kind: 'way', strategy });
  }
  return changes.length > 0 ? [...changes, ...foundOf(past, before)] : [{ kind: 'same' }, ...foundOf(past, before)];
}

/** How often each class was found, where that changed. @param {PastTraining} past @param {PastTraining} before @returns {Change[]} */
function foundOf({ training: { report } }, { training: { report: was } }) {
  if (!report?.measured || !was?.measured) {
    return [];
  }
  const recalls = new Map(was.perClass.map(({ classId, recall }) => [classId, recall]));
  return report.perClass.flatMap(({ classId, name, recall }) => {
    const before = recalls.get(classId);
    return before !== undefined && Math.abs(recall - before) >= WORTH_TELLING
      ? [{ kind: /** @type {const} */ ('found'), name, before, after: recall }]
      : [];
  });
}

/**
 * @param {import('./types.js').Context} context
 * @param {{ training: import('./training.js').Training, past: import('./projects.js').Projects['past'] }} parts
 */
export async function createHistory(context, { training, past }) {
  const { state, changed, watch, engine, notices, texts, undo } = context;
  await texts.bring(HISTORY_TEXTS);
  await context.untilLoaded();
  /** The oldest first. */
  let trainings = await past.read().catch(() => /** @type {PastTraining[]} */ ([]));
  /** The one at work. @type {Uint8Array | null} */
  let current =
    trainings.findLast(({ training: { head } }) => isSame(head.file, engine.trainer?.keeping.head?.file))?.training.head
      .file ?? null;
  let noted = state.report;

  /** @returns {PastTraining | null} What is at work now. */
  function now() {
    const head = engine.trainer?.keeping.head;
    if (!head) {
      return null;
    }
    const classes = state.classes
      .filter(({ enabled, sampleIds }) => enabled && sampleIds.length > 0)
      .map(({ id, name, sampleIds }) => ({ id: Number(id), name, count: sampleIds.length }));
    return { at: Date.now(), classes, training: { head, report: state.report, learnt: training.learnt } };
  }

  async function note() {
    const { report } = state;
    if (!report || report === noted || state.reportIsStale) {
      return;
    }
    noted = report;
    const newest = now();
    if (!newest || newest.training.head.file === current) {
      return;
    }
    current = newest.training.head.file;
    trainings = [...trainings, newest];
    trainings = trainings.slice(surplusOf(trainings)); // also where nothing can be written
    changed('past-changed');
    // What could not be written is there for this visit.
    await past.keep(newest).catch(() => {});
    trainings = await past.read().then(
      (kept) => (kept.length > 0 ? kept : trainings),
      () => trainings,
    );
    changed('past-changed');
  }
  watch(['training-ended'], () => void note());
  watch(['head-imported'], () => {
    current = null;
    changed('past-changed');
  });

  /** @param {PastTraining['training']} kept */
  async function takeUp({ head, report, learnt }) {
    const stale = learnt !== training.lesson();
    await engine.trainer?.keeping.takeUpHead({ ...head, stale });
    noted = report;
    current = head.file;
    training.takeUp(report, learnt, stale);
    engine.refresh();
    changed('training-ended', 'past-changed');
  }

  return {
    /** The newest first, each with what changed since the one before it. */
    get list() {
      return trainings
        .map((each, index) => ({
          past: each,
          changes: changesOf(each, trainings[index - 1]),
          isNow: current !== null && isSame(each.training.head.file, current),
        }))
        .reverse();
    },

    /** A training that was is at work again; the pictures stay as they are. @param {PastTraining} wanted */
    async goBack(wanted) {
      training.stop();
      const here = now();
      try {
        await undo.perform({
          redo: () => takeUp(wanted.training),
          undo: () => (here ? takeUp(here.training) : undefined),
        });
        notices.tell(texts.t('history.returned'));
      } catch {
        notices.tell(texts.t('history.lost'));
      }
    },
  };
}

/** @param {Uint8Array} one @param {Uint8Array | undefined | null} other */
function isSame(one, other) {
  return one === other || (one.length === other?.length && one.every((byte, index) => byte === other[index]));
}
