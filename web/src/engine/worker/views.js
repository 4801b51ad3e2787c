// What is made in the engine's idle time from the kept pictures: their views, each embedded once (or at once where a training
// waits for them), and what a head from a file needs to judge whether a picture is known.

import { throwIfAborted, unwrap } from '../shared/errors.js';
import { nextTurn, Queue } from '../shared/turns.js';
import { decodePicture } from './picture-codec.js';

/** @typedef {import('./host.js').Host} Host */

/** Beyond so many pictures views are made only for a training that asks for them: they take about 100 KB a picture. */
const MOST_IDLE_SAMPLES = 1000;
// After the last change, so that a burst of pictures is taken in first.
const IDLE_MS = 150;
// While somebody looks at live answers, idle work takes half of the time at most.
const LIVE_MS = 500;

export class HostViews {
  #host;
  /** A sample's views are made without those of another one between them. */
  #work = new Queue();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isRunning = false;
  #lastPrediction = Number.NEGATIVE_INFINITY;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Something has changed, or a training has ended: there may be work. */
  wake() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#idle(), IDLE_MS);
    /** @type {any} */ (this.#timer).unref?.();
  }

  notePrediction() {
    this.#lastPrediction = performance.now();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** How many pictures have their views. */
  count() {
    const { samples, engine } = this.#host;
    return samples.records.size - engine.run((session) => session.samplesWithoutViews()).length;
  }

  async #idle() {
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    try {
      while (this.#host.isIdle && (await this.#judgeByOne())) {
        await this.#breathe();
      }
      while (this.#host.isIdle && this.#host.samples.records.size <= MOST_IDLE_SAMPLES) {
        const [sampleId] = this.#missing();
        if (sampleId === undefined) {
          break;
        }
        await this.#work.run(() => this.#make(sampleId, () => this.#breathe()));
      }
    } catch {
      // Nobody waits for idle work: what went wrong shows in the next call that needs the engine.
    } finally {
      this.#isRunning = false;
    }
  }

  /**
   * All that are missing.
   * @param {import('./tuning.js').Pace} pace
   */
  async complete({ gate, signal, onProgress }) {
    const total = this.#missing().length;
    for (let done = 0; ; done++) {
      const [sampleId] = this.#missing();
      if (sampleId === undefined) {
        return;
      }
      onProgress?.({ stage: 'views', done, total: Math.max(total, done + 1) });
      await this.#work.run(() => this.#make(sampleId, () => gate.pass(signal)));
      throwIfAborted(signal);
    }
  }

  /** @returns {Promise<boolean>} whether there was a picture left to judge by */
  async #judgeByOne() {
    const { engine, samples } = this.#host;
    const [sampleId] = engine.run((session) => session.samplesToJudgeBy());
    const record = sampleId === undefined ? undefined : samples.records.get(sampleId);
    if (!record) {
      return false;
    }
    const frame = await decodePicture(record.picture);
    if (!samples.records.has(sampleId)) {
      return true; // it was removed meanwhile
    }
    engine.withFrame(frame, false, (session, description) => unwrap(session.addToJudge(sampleId, description)));
    return true;
  }

  missingCount() {
    return this.#missing().length;
  }

  #missing() {
    return this.#host.engine.run((session) => session.samplesWithoutViews());
  }

  async #breathe() {
    await nextTurn();
    if (performance.now() - this.#lastPrediction > LIVE_MS) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, this.#host.embedMs));
  }

  /** @param {number} sampleId @param {() => Promise<void>} pause after each view */
  async #make(sampleId, pause) {
    const { engine, samples } = this.#host;
    const record = samples.records.get(sampleId);
    if (!record || !engine.run((session) => session.samplesWithoutViews()).includes(sampleId)) {
      return;
    }
    const frame = await decodePicture(record.picture);
    const count = engine.run((session) => session.viewCount());
    for (let view = 0; view < count; view++) {
      if (!samples.records.has(sampleId)) {
        return; // it was removed meanwhile
      }
      const start = performance.now();
      engine.withFrame(frame, false, (session, description) => unwrap(session.addView(sampleId, view, description)));
      this.#host.embedMs = performance.now() - start;
      await pause();
    }
  }
}
