// Advice: the ways to train, one after another on the pictures that are there, each judged on pictures that were held out of
// its fits. What the numbers mean is core's to say; here is only the order, and the time.

import { unwrap } from '../shared/errors.js';
import { checkTrainOptions } from '../shared/train-options.js';
import { decodePicture } from './picture-codec.js';
import { headSettings, stepUntilDone } from './training.js';
import { beginTuning, cancelTuning, measureTuning, tuneSettings, tuneUntilDone } from './tuning.js';

/** @typedef {import('../headstart-training.d.ts').Advice} Advice */
/** @typedef {import('../headstart-training.d.ts').AdviceCandidate} AdviceCandidate */
/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('./tuning.js').TuneTask['pictureOf']} PictureOf */
/** @typedef {import('./tuning.js').Pace} Pace */
/** @typedef {import('../shared/strategies.js').Strategy} Strategy */

// So many are measured whatever the time.
const FEWEST = 2;
// The border of every picture is embedded only where that is quick.
const MOST_BORDERS = 300;
// An estimate is one; what would not fit with this on top is not begun.
const RESERVE = 1.25;
// LogME decomposes a matrix of so many rows at the most, in one go.
const MOST_TRANSFER_SAMPLES = 1500;

/**
 * @param {Host} host after adviceBegin
 * @param {PictureOf} pictureOf
 * @param {{ budgetMs: number, seed: number }} limits
 * @param {Pace} pace
 * @returns {Promise<Advice>}
 */
export async function measureWays(host, pictureOf, limits, pace) {
  return new Measuring(host, pictureOf, limits, pace).run();
}

class Measuring {
  #host;
  #pictureOf;
  #budgetMs;
  #pace;
  #request;
  #start = performance.now();
  /** @type {AdviceCandidate[]} */
  #candidates = [];
  /** @type {Strategy[]} the simplest first */
  #measured;

  /** @param {Host} host @param {PictureOf} pictureOf @param {{ budgetMs: number, seed: number }} limits @param {Pace} pace */
  constructor(host, pictureOf, { budgetMs, seed }, pace) {
    this.#host = host;
    this.#pictureOf = pictureOf;
    this.#budgetMs = budgetMs;
    this.#pace = pace;
    this.#request = checkTrainOptions({ seed }, host.backbone.strategies);
    this.#measured = host.backbone.strategies.filter(({ isMeasured }) => isMeasured);
  }

  get #engine() {
    return this.#host.engine;
  }

  get #leftMs() {
    return this.#budgetMs - (performance.now() - this.#start);
  }

  async run() {
    const heads = this.#measured.filter(({ tuning }) => !tuning);
    const still = heads.filter(({ views }) => !views);
    for (const strategy of still.slice(0, FEWEST)) {
      await this.#head(strategy);
    }
    const transfer = await this.#transfer();
    for (const strategy of still.slice(FEWEST)) {
      await this.#head(strategy);
    }
    // Left and right may matter as long as nothing is known of it.
    let mirrorHarms = true;
    if (await this.#viewsFit()) {
      await this.#host.views.complete(this.#pace);
      mirrorHarms = this.#engine.run((session) => unwrap(session.mirrorVerdict())) === 'harms';
      for (const strategy of heads.filter(({ views }) => views)) {
        await this.#head(strategy, mirrorHarms);
      }
    }
    await this.#borders();
    for (const strategy of this.#measured.filter(({ tuning }) => tuning)) {
      await this.#fineTuning(strategy, mirrorHarms);
    }
    return this.#conclude(transfer);
  }

  /** @param {Strategy} strategy @param {number} fraction of it */
  #tell({ name }, fraction) {
    this.#pace.onProgress?.({
      stage: 'advise',
      done: Math.min(this.#candidates.length + fraction, this.#measured.length),
      total: this.#measured.length,
      strategy: /** @type {any} */ (name),
    });
  }

  /** @param {Strategy} plan @param {boolean} [mirrorHarms] */
  async #head(plan, mirrorHarms = false) {
    // The first are quick, and without them there is nothing to compare.
    if (this.#candidates.length >= FEWEST && this.#leftMs < RESERVE * this.#longest()) {
      return;
    }
    const start = performance.now();
    const settings = headSettings(plan, this.#request, mirrorHarms);
    this.#tell(plan, 0);
    this.#engine.run((session) => unwrap(session.trainBegin(settings)));
    const { gate, signal } = this.#pace;
    await stepUntilDone(this.#engine, gate, signal, (fraction) => this.#tell(plan, fraction));
    this.#add(plan, start, plan.views ? this.#viewCount(mirrorHarms) : 0, () =>
      this.#engine.run((session) => unwrap(session.adviceAdd(plan.name))),
    );
  }

  /** @param {boolean} mirrorHarms */
  #viewCount(mirrorHarms) {
    const count = this.#engine.run((session) => session.viewCount());
    return mirrorHarms ? count - 1 : count;
  }

  /**
   * @param {Strategy} plan
   * @param {number} start
   * @param {number} viewCount
   * @param {() => import('./session.d.ts').CandidateReport} add
   */
  #add({ name, features, tuning }, start, viewCount, add) {
    const { accuracy, standardError, logLoss, trainedWeightCount } = add();
    const read = tuning?.part === 'cut' ? ['cut'] : features;
    this.#candidates.push({
      strategy: /** @type {AdviceCandidate['strategy']} */ (name),
      accuracy,
      standardError,
      logLoss,
      elapsedMs: performance.now() - start,
      features: /** @type {AdviceCandidate['features']} */ (read),
      viewCount,
      trainedWeightCount,
    });
  }

  /** Of the heads so far. */
  #longest() {
    return Math.max(...this.#candidates.map(({ elapsedMs }) => elapsedMs));
  }

  /** How well each map's features tell these classes apart. */
  async #transfer() {
    /** @type {Advice['transfer']} */
    const transfer = { logMe: 0 };
    if (this.#host.samples.records.size > MOST_TRANSFER_SAMPLES) {
      return transfer;
    }
    for (const map of this.#host.backbone.scoredMaps) {
      if (this.#leftMs < 0) {
        break;
      }
      transfer[map === 'last' ? 'logMe' : map] = await this.#logMe(map);
    }
    return transfer;
  }

  /** @param {string} map */
  async #logMe(map) {
    const score = this.#engine.run((session) => unwrap(session.adviceTransfer(map)));
    await this.#pace.gate.pass(this.#pace.signal);
    return score;
  }

  async #viewsFit() {
    const passes = this.#host.views.missingCount() * this.#engine.run((session) => session.viewCount());
    return passes === 0 || passes * this.#host.embedMs * RESERVE < this.#leftMs / 2;
  }

  async #borders() {
    const { samples, embedMs } = this.#host;
    const count = samples.records.size;
    if (count > MOST_BORDERS || count * embedMs * RESERVE > this.#leftMs / 2) {
      return;
    }
    for (const sampleId of samples.enabledSampleIds()) {
      const frame = await decodePicture(this.#pictureOf(sampleId));
      this.#engine.withFrame(frame, false, (session, description) =>
        unwrap(session.adviceAddBorder(sampleId, description)),
      );
      await this.#pace.gate.pass(this.#pace.signal);
    }
  }

  /**
   * @param {Strategy} plan where it fits into the time that is left, and there are pictures enough
   * @param {boolean} mirrorHarms
   */
  async #fineTuning(plan, mirrorHarms) {
    if (this.#leftMs < 0 || !this.#host.samples.canHoldOut(4)) {
      return;
    }
    const start = performance.now();
    const engine = this.#engine;
    const { gate, signal } = this.#pace;
    this.#tell(plan, 0);
    engine.run((session) => unwrap(session.trainBegin(headSettings(plan, this.#request, false))));
    await stepUntilDone(engine, gate, signal, () => {});
    const pictureOf = this.#pictureOf;
    const task = { engine, file: this.#host.file, settings: tuneSettings(plan, this.#request, mirrorHarms), pictureOf };
    try {
      const estimate = beginTuning(task);
      const expectedMs = await measureTuning(task, estimate, this.#pace);
      if (expectedMs * RESERVE > this.#leftMs) {
        cancelTuning(engine);
        return;
      }
      const onProgress = (/** @type {import('../headstart.d.ts').Progress} */ progress) => {
        if (progress.stage === 'train') {
          this.#tell(plan, progress.done);
        }
      };
      await tuneUntilDone(task, estimate.frozenPassCount, { gate, signal, onProgress }, { isFinishing: false });
      this.#add(plan, start, this.#viewCount(mirrorHarms), () =>
        engine.run((session) => unwrap(session.adviceAddTuned(plan.name))),
      );
    } catch (cause) {
      cancelTuning(engine);
      throw cause;
    }
  }

  /** @param {Advice['transfer']} transfer @returns {Advice} */
  #conclude(transfer) {
    const found = this.#engine.run((session) => unwrap(session.adviceFinish()));
    this.#pace.onProgress?.({ stage: 'advise', done: this.#measured.length, total: this.#measured.length });
    return {
      candidates: this.#candidates,
      recommended: /** @type {Advice['recommended']} */ (found.recommended),
      reasons: [reasonOf(found.reason)],
      case: found.dataCase,
      transfer,
      data: found.data.map(({ kind, classIds, sampleIds, value }) => ({
        kind,
        classIds: Array.from(classIds),
        sampleIds: Array.from(sampleIds),
        value,
      })),
      mirror: found.mirror,
      elapsedMs: performance.now() - this.#start,
    };
  }
}

/** @param {import('./session.d.ts').Reason} reason @returns {import('../headstart-training.d.ts').AdviceReason} */
function reasonOf({ code, first, second }) {
  if (code === 'clearly-better') {
    return { code, logLoss: first, usualLogLoss: second };
  }
  if (code === 'too-few-to-compare') {
    return { code, heldOutCount: first };
  }
  return { code: 'usual', accuracy: first };
}
