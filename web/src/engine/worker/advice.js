// Advice: the ways to train, one after another on the pictures that are there, each judged on pictures that were held out of
// its fits. What the numbers mean is core's to say; here is only the order, and the time.
import { unwrap } from '../shared/errors.js';
import { planOf } from '../shared/strategies.js';
import { checkTrainOptions } from '../shared/train-options.js';
import { decodePicture } from './picture-codec.js';
import { headSettings, stepUntilDone } from './training.js';
import { beginTuning, cancelTuning, measureTuning, tuneSettings, tuneUntilDone } from './tuning.js';

/** @typedef {import('../headstart-training.d.ts').Advice} Advice */
/** @typedef {import('../headstart-training.d.ts').AdviceCandidate} AdviceCandidate */
/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('./tuning.js').TuneTask['pictureOf']} PictureOf */
/** @typedef {import('./tuning.js').Pace} Pace */
/** @typedef {import('../shared/strategies.js').Plan} Plan */

// The maps whose features are scored for how well they tell the classes apart.
const SCORED_MAPS = ['last', 'blocks.16', 'blocks.14', 'blocks.12', 'blocks.9', 'blocks.5'];
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
  #total = 10;

  /** @param {Host} host @param {PictureOf} pictureOf @param {{ budgetMs: number, seed: number }} limits @param {Pace} pace */
  constructor(host, pictureOf, { budgetMs, seed }, pace) {
    this.#host = host;
    this.#pictureOf = pictureOf;
    this.#budgetMs = budgetMs;
    this.#pace = pace;
    this.#request = checkTrainOptions({ seed });
  }

  get #engine() {
    return this.#host.engine;
  }

  get #leftMs() {
    return this.#budgetMs - (performance.now() - this.#start);
  }

  async run() {
    await this.#head('nearest-mean');
    await this.#head('head');
    const transfer = await this.#transfer();
    await this.#head('cut-after-14');
    await this.#head('joined-layers');
    // Left and right may matter as long as nothing is known of it.
    let mirrorHarms = true;
    if (await this.#viewsFit()) {
      await this.#host.views.complete(this.#pace);
      mirrorHarms = this.#engine.run((session) => unwrap(session.mirrorVerdict())) === 'harms';
      await this.#head('head-views', mirrorHarms);
      await this.#head('joined-layers-views', mirrorHarms);
    }
    await this.#borders();
    for (const strategy of ['new-layers-after-12', 'last-3-blocks', 'last-8-blocks', 'whole-network'])
      await this.#fineTuning(strategy, mirrorHarms);
    return this.#conclude(transfer);
  }

  /** @param {string} strategy @param {number} fraction of it */
  #tell(strategy, fraction) {
    this.#pace.onProgress?.({
      stage: 'advise',
      done: Math.min(this.#candidates.length + fraction, this.#total),
      total: this.#total,
      strategy: /** @type {any} */ (strategy),
    });
  }

  /** @param {string} strategy @param {boolean} [mirrorHarms] */
  async #head(strategy, mirrorHarms = false) {
    // The first two are quick, and without them there is nothing to compare.
    if (this.#candidates.length >= 2 && this.#leftMs < RESERVE * this.#longest()) return;
    const start = performance.now();
    const plan = /** @type {Plan} */ (planOf(strategy));
    const settings = headSettings(plan, this.#request, mirrorHarms);
    this.#tell(strategy, 0);
    this.#engine.run((session) => unwrap(session.trainBegin(settings)));
    const { gate, signal } = this.#pace;
    await stepUntilDone(this.#engine, gate, signal, (fraction) => this.#tell(strategy, fraction));
    this.#add(plan, start, plan.views ? this.#viewCount(mirrorHarms) : 0, (simplicity) =>
      this.#engine.run((session) => unwrap(session.adviceAdd(strategy, simplicity))),
    );
  }

  /** @param {boolean} mirrorHarms */
  #viewCount(mirrorHarms) {
    const count = this.#engine.run((session) => session.viewCount());
    return mirrorHarms ? count - 1 : count;
  }

  /**
   * @param {Plan} plan
   * @param {number} start
   * @param {number} viewCount
   * @param {(simplicity: number) => import('./session.d.ts').CandidateReport} add
   */
  #add({ strategy, features, part }, start, viewCount, add) {
    const { accuracy, standardError, logLoss, trainedWeightCount } = add(this.#candidates.length);
    const read = part === null ? features : [part === 'cut' ? 'cut' : 'last'];
    this.#candidates.push({
      strategy,
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
    if (this.#host.samples.records.size > MOST_TRANSFER_SAMPLES) return transfer;
    for (const map of SCORED_MAPS) {
      if (this.#leftMs < 0) break;
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
    if (count > MOST_BORDERS || count * embedMs * RESERVE > this.#leftMs / 2) return;
    for (const sampleId of samples.enabledSampleIds()) {
      const frame = await decodePicture(this.#pictureOf(sampleId));
      this.#engine.withFrame(frame, false, (session, description) =>
        unwrap(session.adviceAddBorder(sampleId, description)),
      );
      await this.#pace.gate.pass(this.#pace.signal);
    }
  }

  /**
   * @param {string} strategy where it fits into the time that is left, and there are pictures enough
   * @param {boolean} mirrorHarms
   */
  async #fineTuning(strategy, mirrorHarms) {
    if (this.#leftMs < 0 || !this.#host.samples.canHoldOut(4)) return;
    const start = performance.now();
    const plan = /** @type {Plan} */ (planOf(strategy));
    const engine = this.#engine;
    const { gate, signal } = this.#pace;
    this.#tell(strategy, 0);
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
        if (progress.stage === 'train') this.#tell(strategy, progress.done);
      };
      await tuneUntilDone(task, estimate.frozenPassCount, { gate, signal, onProgress }, { isFinishing: false });
      this.#add(plan, start, this.#viewCount(mirrorHarms), (simplicity) =>
        engine.run((session) => unwrap(session.adviceAddTuned(strategy, simplicity))),
      );
    } catch (cause) {
      cancelTuning(engine);
      throw cause;
    }
  }

  /** @param {Advice['transfer']} transfer @returns {Advice} */
  #conclude(transfer) {
    const found = this.#engine.run((session) => unwrap(session.adviceFinish()));
    this.#pace.onProgress?.({ stage: 'advise', done: this.#total, total: this.#total });
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
  if (code === 'clearly-better') return { code, logLoss: first, usualLogLoss: second };
  if (code === 'too-few-to-compare') return { code, heldOutCount: first };
  return { code: 'usual', accuracy: first };
}
