// The one place where the page and the engine meet: it starts the engine behind the first paint, tells what it is, and starts
// another one when it dies.

import { strategyNamed } from './strategy-names.js';

/** @typedef {ReturnType<typeof createEngineLink>} EngineLink */
/** @typedef {import('./types.js').Trainer} Trainer */

/** Where the wasm files and backbones lie, whatever folder the page is served from. */
const LIBRARY_URL = new URL('lib/', document.baseURI);
/** An engine that dies this often within a minute dies of what the page asks of it: then a person decides. */
const MOST_RECOVERIES = 4;
const MINUTE_MS = 60_000;

/** @param {Pick<import('./types.js').Context, 'state' | 'changed' | 'notices' | 'texts'>} context */
export function createEngineLink({ state, changed, notices, texts }) {
  /** @type {Trainer | null} */
  let trainer = null;
  /** @type {((trainer: Trainer) => unknown)[]} */
  const onReady = [];
  const variant = new URLSearchParams(location.search).get('variant') ?? 'auto';

  /** @param {import('../engine/headstart.js').Progress} progress */
  function onProgress({ stage, done, total }) {
    Object.assign(state.engine, { stage, done, total });
    changed('engine-progressed');
  }

  /** What the trainer is now, as the page shows it. */
  function refresh() {
    if (!trainer) {
      return;
    }
    const { backbone, headInfo } = trainer;
    Object.assign(state.engine, {
      backbone,
      head: headInfo,
      variant: trainer.variant,
      threads: trainer.threads,
    });
    changed('engine-changed');
  }

  /** @param {import('./types.js').ChosenNetwork} network */
  async function create({ backbone, inputSize, precision }, reportProgress = onProgress) {
    const engine = await import('../engine/index.js');
    return engine.createTrainer({
      variant: /** @type {any} */ (variant),
      libraryUrl: LIBRARY_URL,
      backbone,
      ...(inputSize && { inputSize: /** @type {any} */ (inputSize) }),
      ...(precision && { precision }),
      onProgress: reportProgress,
      onFailure,
    });
  }

  /** @type {Promise<void> | null} */
  let recovery = null;
  /** When it was started anew by itself. @type {number[]} */
  let recoveries = [];

  /** @param {unknown} error */
  function onFailure(error) {
    if (!trainer?.failed) {
      return; // one that only measured, or never started
    }
    const now = performance.now();
    recoveries = [...recoveries.filter((time) => now - time < MINUTE_MS), now];
    if (recoveries.length <= MOST_RECOVERIES) {
      void recover();
    } else {
      fail(error);
    }
  }

  /** @param {any} error */
  function fail(error) {
    state.engine.phase = error?.code === 'unsupported' ? 'unsupported' : 'failed';
    // A frame that takes the page its origin away lets it start no threads.
    state.engine.code = globalThis.origin === 'null' ? 'sandboxed' : (error?.code ?? 'internal');
    state.engine.message = String(error?.message ?? error);
    changed('engine-changed');
  }

  /** A new engine over the same pictures. Who asks while one is being started gets that one. */
  function recover() {
    recovery ??= startAnew().finally(() => {
      recovery = null;
    });
    return recovery;
  }

  async function startAnew() {
    if (!trainer?.failed) {
      return;
    }
    Object.assign(state.engine, { phase: 'loading', message: '' });
    changed('engine-changed');
    notices.tell(texts.t('engine.restarting'));
    try {
      await trainer.recover({ onProgress });
      state.engine.phase = 'ready';
      notices.tell(texts.t('engine.back'));
    } catch (error) {
      fail(error);
    }
    refresh();
  }

  return {
    get trainer() {
      return trainer;
    },
    refresh,

    /** Whether the network's own weights change, or new layers learn: minutes rather than a blink. @param {string} strategy */
    trainsLayers: (strategy) => Boolean(strategyNamed(trainer?.strategies ?? [], strategy)?.trains),

    /** Called once the engine is there; at once if it is. @param {(trainer: Trainer) => unknown} then */
    whenReady(then) {
      if (trainer) {
        void then(trainer);
      } else {
        onReady.push(then);
      }
    },

    /**
     * Brings the engine. A chosen backbone that is not to be had any more gives way to the built-in one.
     *
     * @param {import('./types.js').ChosenNetwork} network
     */
    async start(network) {
      Object.assign(state.engine, { phase: 'loading', fellBack: Boolean(network.isMissing) });
      changed('engine-changed');
      try {
        try {
          trainer = await create(network);
        } catch (error) {
          const { code } = /** @type {any} */ (error);
          if (!network.backbone || code === 'unsupported') {
            throw error;
          }
          notices.fail(error);
          state.engine.fellBack = true;
          trainer = await create({});
        }
        state.engine.phase = 'ready';
        refresh();
        for (const then of onReady.splice(0)) {
          await then(trainer);
        }
        changed('engine-ready');
      } catch (error) {
        fail(error);
        notices.fail(error); // seen at once, wherever the person is on the page
      }
    },

    /** After a crash or too little memory, or when a person asks for it. */
    recover() {
      recoveries = [];
      return recover();
    },

    /**
     * For what failed: whether that was because the engine died, and there is a new one now, so that it can be tried again.
     */
    async hasRecovered() {
      if (!trainer?.failed && !recovery) {
        return false;
      }
      await recovery;
      return state.engine.phase === 'ready';
    },

    /**
     * How long one picture takes with a backbone on this device: the median of a few, by an engine of its own, so that
     * the person's pictures and head stay where they are.
     *
     * @param {import('./types.js').ChosenNetwork} network
     * @param {AbortSignal} signal
     */
    async measureMs(network, signal) {
      const probe = await create(network, () => {});
      try {
        const size = 256;
        const data = new Uint8ClampedArray(size * size * 4).map((_, index) => (index * 37) & 255);
        /** @type {number[]} */
        const times = [];
        for (let run = 0; run < 12 && !signal.aborted; run += 1) {
          const started = performance.now();
          await probe.embed({ data, width: size, height: size });
          times.push(performance.now() - started);
        }
        signal.throwIfAborted();
        return times.slice(2).sort((a, b) => a - b)[5];
      } finally {
        await probe.dispose();
      }
    },
  };
}
