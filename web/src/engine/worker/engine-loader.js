// Brings an engine to life: its module, a backbone in it, and as many threads as pay.

import { addressOf, readBytes } from '../shared/assets.js';
import { HeadstartError, throwIfAborted, toHeadstartError, unwrap } from '../shared/errors.js';
import { isThreaded } from '../shared/variants.js';
import { Engine } from './engine.js';

/** @typedef {import('../shared/assets.js').Context} Context */
/** @typedef {import('../headstart.d.ts').VariantName} VariantName */
/** @typedef {import('./session.d.ts').EngineModule} EngineModule */
/** @typedef {import('./session.d.ts').LoadedBackbone} LoadedBackbone */
/** @typedef {import('../shared/variants.js').Candidate} Candidate */
/** @typedef {import('../headstart-basics.d.ts').Precision} Precision */
/** What an engine is to run, and how. `inputSize` 0: the backbone's own. @typedef {{ file: Uint8Array, inputSize: number, precision: Precision }} Network */
/** @typedef {Network & { engine: Engine, backbone: LoadedBackbone }} LoadedEngine */
/** @typedef {{ variant: VariantName, compiled: WebAssembly.Module }} CompiledVariant */
/** @typedef {ConstructorParameters<typeof Engine>[0]} Running */
/**
 * What an engine is made of, as one worker hands it to the next: nothing has to be fetched again.
 * @typedef {{ library: import('../shared/assets.js').Library, modules: CompiledVariant[] }} Parts
 */

// A frame that takes less than this on one thread leaves nothing to gain that a person could see, while threads cost memory
// and, where other programs want the processor too, wait for each other.
const FAST_ENOUGH_MS = 6;
// Threads must win by this much: they share the processor with the page.
const WORTH_IT = 0.8;
const PROBES = 5;

export class EngineLoader {
  #library;
  /** Compiled once, instantiated for each backbone. @type {Map<VariantName, Promise<(threads: number) => Promise<Running>>>} */
  #modules = new Map();
  /** @type {Map<VariantName, WebAssembly.Module>} */
  #compiled;

  /** @param {Parts} parts */
  constructor({ library, modules }) {
    this.#library = library;
    this.#compiled = new Map(modules.map(({ variant, compiled }) => [variant, compiled]));
  }

  /** @returns {Parts} as far as they are here */
  get parts() {
    return {
      library: this.#library,
      modules: [...this.#compiled].map(([variant, compiled]) => ({ variant, compiled })),
    };
  }

  /** Fetches what is not in the parts that it was given: Emscripten's scripts. */
  async prepare() {
    await Promise.all([...this.#compiled.keys()].map((variant) => importGlue(this.#library, variant)));
  }

  /**
   * The writers of files for other programs, which few take along.
   * @param {Engine} engine
   */
  bringWriters(engine) {
    return engine.bringWriters(() => fetchModule(addressOf(this.#library, `wasm/${engine.variant}.writers.wasm`), {}));
  }

  /** Begins with the module that `load` will want first, while the backbone is still on its way. @param {Candidate[]} candidates @param {Context} context */
  prefetch(candidates, context) {
    const { variant } = candidates.find((candidate) => !isThreaded(candidate.variant)) ?? candidates[0];
    this.#module(variant, context).catch(() => {}); // `load` tells
  }

  /**
   * The first of `candidates` that runs; where they are free to choose, the faster of one thread and several.
   * @param {Candidate[]} candidates
   * @param {boolean} isFree
   * @param {Network} network
   * @param {Context} context
   * @returns {Promise<LoadedEngine>}
   */
  async load(candidates, isFree, network, context) {
    const single = candidates.filter(({ variant }) => !isThreaded(variant));
    const threaded = candidates.filter(({ variant }) => isThreaded(variant));
    if (!isFree || single.length === 0 || threaded.length === 0) {
      return this.#first(candidates, network, context);
    }
    const one = await this.#first(single, network, context);
    const oneMs = fastestEmbedMs(one);
    if (oneMs < FAST_ENOUGH_MS) {
      return one;
    }
    try {
      const several = await this.#first(threaded, network, context);
      const isBetter = fastestEmbedMs(several) < oneMs * WORTH_IT;
      (isBetter ? one : several).engine.dispose();
      return isBetter ? several : one;
    } catch (cause) {
      if (toHeadstartError(cause).code !== 'cancelled') {
        return one; // threads are a gain, not a need
      }
      one.engine.dispose();
      throw cause;
    }
  }

  /**
   * A build of the library may leave variants out, and a device may refuse one (shared memory on small phones).
   * @param {Candidate[]} candidates
   * @param {Network} network
   * @param {Context} context
   */
  async #first(candidates, network, context) {
    let engine;
    for (const [i, { variant, threads }] of candidates.entries()) {
      try {
        const instantiate = await this.#module(variant, context);
        throwIfAborted(context.signal);
        engine = new Engine(await instantiate(threads), variant, threads);
        break;
      } catch (cause) {
        const error = toHeadstartError(cause);
        if (error.code === 'cancelled' || i === candidates.length - 1) {
          throw error;
        }
      }
    }
    return withBackbone(/** @type {Engine} */ (engine), network, context.signal);
  }

  /** @param {VariantName} variant @param {Context} context */
  #module(variant, context) {
    let module = this.#modules.get(variant);
    if (!module) {
      module = this.#loadModule(variant, context);
      this.#modules.set(variant, module);
      module.catch(() => this.#modules.delete(variant));
    }
    return module;
  }

  /** @param {VariantName} variant @param {Context} context */
  async #loadModule(variant, context) {
    const [compiled, glue] = await Promise.all([
      this.#compiled.get(variant) ?? fetchModule(addressOf(this.#library, `wasm/${variant}.wasm`), context),
      importGlue(this.#library, variant),
    ]);
    this.#compiled.set(variant, compiled);
    return (/** @type {number} */ threads) => instantiate(glue, compiled, threads);
  }
}

/**
 * @param {Engine} engine is disposed on failure
 * @param {Network} network
 * @param {AbortSignal} [signal]
 * @returns {LoadedEngine}
 */
function withBackbone(engine, { file, inputSize, precision }, signal) {
  try {
    throwIfAborted(signal);
    const backbone = engine.withBytes(file, (session) => {
      return unwrap(session.loadBackbone(file.length, inputSize, precision));
    });
    return { engine, backbone, file, inputSize, precision };
  } catch (cause) {
    engine.dispose();
    throw cause;
  }
}

/** The fastest, not the mean: the first runs wait for memory and for the optimising compiler. @param {LoadedEngine} loaded */
function fastestEmbedMs({ engine, backbone: { inputSize: side } }) {
  const frame = { data: new Uint8Array(side * side * 4), width: side, height: side, stride: side * 4 };
  let fastest = Number.POSITIVE_INFINITY;
  for (let probe = 0; probe < PROBES; probe++) {
    const start = performance.now();
    engine.embedRow(frame);
    fastest = Math.min(fastest, performance.now() - start);
    if (fastest < FAST_ENOUGH_MS) {
      break;
    }
  }
  return fastest;
}

/** @param {string} url @param {Context} context */
async function fetchModule(url, context) {
  const bytes = await readBytes(url, 'engine', context);
  const isWasm = bytes.length > 4 && bytes[0] === 0 && bytes[1] === 0x61;
  if (!isWasm) {
    throw new HeadstartError('unavailable', `${url} is no wasm file`);
  }
  return WebAssembly.compile(bytes);
}

/** @param {import('../shared/assets.js').Library} library @param {VariantName} variant */
async function importGlue(library, variant) {
  const url = addressOf(library, `wasm/${variant}.js`);
  try {
    return (await import(/* @vite-ignore */ url)).default;
  } catch (cause) {
    throw new HeadstartError('unavailable', `could not load ${url}: ${cause instanceof Error ? cause.message : cause}`);
  }
}

/**
 * @param {(options: object) => Promise<EngineModule>} glue
 * @param {WebAssembly.Module} compiled
 * @param {number} threadCount
 * @returns {Promise<Running>}
 */
function instantiate(glue, compiled, threadCount) {
  return new Promise((resolve, reject) => {
    /** @type {WebAssembly.Exports} */
    let engine;
    /** @param {WebAssembly.Imports} imports @param {Function} done */
    const instantiateWasm = (imports, done) => {
      WebAssembly.instantiate(compiled, imports).then((instance) => {
        engine = instance.exports;
        done(instance, compiled);
      }, reject);
      return {};
    };
    const link = async (/** @type {WebAssembly.Module} */ part) => {
      await WebAssembly.instantiate(part, { e: engine });
    };
    glue({ instantiateWasm, threadCount }).then((module) => resolve({ module, link }), reject);
  });
}
