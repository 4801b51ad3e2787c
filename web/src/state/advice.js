// What is best for these pictures: measured by the engine on demand, kept until the pictures change, sorted as a person
// likes, taken home as a table.

/** @typedef {ReturnType<typeof createAdvice>} AdviceState */
/** @typedef {import('../engine/headstart.js').Advice} Advice */
/** @typedef {import('../engine/headstart.js').AdviceCandidate} AdviceCandidate */
/** @typedef {'strategy' | 'accuracy' | 'logLoss' | 'elapsedMs' | 'trainedWeightCount'} Column */

/** Columns of which more is better start with the most. @type {ReadonlySet<Column>} */
const DESCENDING_FIRST = new Set(['accuracy']);
/** Before that an estimate of the time left is a guess. */
const ESTIMATE_AFTER_MS = 1500;

/**
 * @param {readonly AdviceCandidate[]} candidates
 * @param {{ column: Column, descending: boolean }} order
 * @param {(strategy: string) => string} nameOf
 */
export function sortCandidates(candidates, { column, descending }, nameOf) {
  const sign = descending ? -1 : 1;
  return [...candidates].sort((a, b) => {
    if (column === 'strategy') {
      return sign * nameOf(a.strategy).localeCompare(nameOf(b.strategy), undefined, { numeric: true });
    }
    // What was not measured comes last, whichever way.
    const [one, other] = [a[column], b[column]];
    if (!Number.isFinite(one) || !Number.isFinite(other)) {
      return Number(Number.isFinite(other)) - Number(Number.isFinite(one));
    }
    return sign * (one - other);
  });
}

/**
 * How much better the recommended way is, in the numbers of the table where it counts the same pictures. Layers that are
 * tuned are tested on fewer of them: then the comparison is over those that both were tested on, and has to say so.
 *
 * @param {Advice} advice
 * @param {{ logLoss: number, usualLogLoss: number }} reason
 * @param {(logLoss: number) => string} lossText As the table writes it.
 */
export function comparisonOf({ candidates, recommended }, reason, lossText) {
  const [loss, usual] = [reason.logLoss, reason.usualLogLoss].map(lossText);
  const own = candidates.find(({ strategy }) => strategy === recommended);
  const isOfTable =
    own !== undefined &&
    lossText(own.logLoss) === loss &&
    candidates.some((each) => each !== own && lossText(each.logLoss) === usual);
  return { loss, usual, isOfTable };
}

/**
 * The table as a file (RFC 4180). Names are the library's, numbers have a point whatever the language.
 *
 * @param {Advice} advice
 */
export function adviceAsCsv({ candidates, recommended }) {
  const head = [
    'strategy',
    'recommended',
    'accuracy',
    'standard_error',
    'log_loss',
    'elapsed_ms',
    'trained_weight_count',
    'view_count',
    'features',
  ];
  const rows = candidates.map((each) => [
    each.strategy,
    each.strategy === recommended ? 'yes' : 'no',
    each.accuracy,
    each.standardError,
    each.logLoss,
    Math.round(each.elapsedMs),
    each.trainedWeightCount,
    each.viewCount,
    each.features.join(' '),
  ]);
  return [head, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** @param {string | number} value */
function quoted(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * @param {import('./types.js').Context} context
 * @param {{ training: import('./training.js').Training }} parts
 */
export function createAdvice({ changed, watch, engine, notices, texts }, { training }) {
  /** @type {AbortController | null} */
  let running = null;
  const view = {
    /** @type {'idle' | 'running'} */
    phase: 'idle',
    /** Whether somebody waits for it. */
    isAsked: false,
    stage: '',
    fraction: 0,
    /** @type {number | null} */
    secondsLeft: null,
    /** @type {Advice | null} */
    advice: engine.trainer?.advice ?? null,
    isStale: false,
    error: '',
    /** @type {{ column: Column, descending: boolean }} */
    order: { column: 'accuracy', descending: true },
  };

  /** @param {number} started @param {import('../engine/headstart.js').Progress} progress */
  function note(started, { stage, done, total, remainingMs }) {
    const fraction = total > 0 ? done / total : 0;
    const elapsedMs = performance.now() - started;
    view.stage = stage;
    view.fraction = fraction;
    if (remainingMs !== undefined) {
      view.secondsLeft = remainingMs * 0.001;
    } else if (stage === 'advise' && elapsedMs > ESTIMATE_AFTER_MS && fraction > 0.05) {
      view.secondsLeft = ((elapsedMs * 0.001) / fraction) * (1 - fraction);
    }
    changed('advice-changed');
  }

  // The library forgets its advice with the first changed picture; here it stays to be read, marked as old.
  watch(['samples-changed', 'backbone-changed', 'classes-changed'], () => {
    if (view.advice && !view.isStale && engine.trainer && engine.trainer.advice === null) {
      view.isStale = true;
      changed('advice-changed');
    }
  });

  return {
    view,

    /** Without being asked it says nothing, whatever comes of it. @param {{ isAsked?: boolean, budgetMs?: number }} [options] */
    async run({ isAsked = true, budgetMs } = {}) {
      const { trainer } = engine;
      if (!trainer || running || !training.canTrain) {
        return;
      }
      running = new AbortController();
      const started = performance.now();
      Object.assign(view, { phase: 'running', isAsked, stage: '', fraction: 0, secondsLeft: null, error: '' });
      changed('advice-changed');
      try {
        view.advice = await trainer.advise({
          ...(budgetMs === undefined ? {} : { budgetMs }),
          signal: running.signal,
          onProgress: (progress) => note(started, progress),
        });
        view.isStale = false;
        if (isAsked) {
          notices.announce(texts.t('advice.done'));
        }
        changed('advised');
      } catch (error) {
        const { code } = /** @type {any} */ (error);
        if (isAsked && code !== 'cancelled') {
          view.error = notices.wordsOf(error);
          notices.fail(error);
        }
      } finally {
        running = null;
        view.phase = 'idle';
        changed('advice-changed');
      }
    },

    stop: () => running?.abort(),

    /** A second press on a column turns it round. @param {Column} column */
    sortBy(column) {
      const { order } = view;
      view.order =
        order.column === column
          ? { column, descending: !order.descending }
          : { column, descending: DESCENDING_FIRST.has(column) };
      changed('advice-changed');
    },

    async saveTable() {
      if (!view.advice) {
        return;
      }
      try {
        const { download } = await import('../export/download.js');
        download(new TextEncoder().encode(adviceAsCsv(view.advice)), 'headstart-candidates.csv', 'text/csv');
        notices.tell(texts.t('advice.saved'));
      } catch (error) {
        notices.fail(error);
      }
    },
  };
}
