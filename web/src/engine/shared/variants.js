// Which build of the engine runs here: found out by letting the platform validate small wasm modules, never by its name.

import { relaxedSimd, simd, threads } from 'wasm-feature-detect';
import { inNode } from './assets.js';
import { HeadstartError, requireArgument, show } from './errors.js';

/** @typedef {import('../headstart.d.ts').VariantName} VariantName */
/** @typedef {{ variant: VariantName, threads: number }} Candidate */

/** Fastest first. @type {VariantName[]} */
export const VARIANTS = ['relaxed-simd-threads', 'simd-threads', 'relaxed-simd', 'simd'];

const MOST_THREADS = 64;
// Small networks gain little beyond this, and phones have slow cores behind their fast ones.
const MOST_THREADS_BY_ITSELF = 4;

/** @param {VariantName} variant */
export const isThreaded = (variant) => variant.endsWith('-threads');

/** @param {VariantName} variant */
const isRelaxed = (variant) => variant.startsWith('relaxed-');

const NO_SIMD =
  'this browser has no WebAssembly SIMD, which the engine needs: it is there from Chrome and Edge 91, Firefox 89, Safari and iOS 16.4 on';
const NO_THREADS =
  'threads need a page that is cross-origin isolated (headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)';

/** @returns {Promise<VariantName[]>} */
export async function runnableVariants() {
  const [hasSimd, hasRelaxedSimd, hasThreads] = await Promise.all([simd(), relaxedSimd(), canShareMemory()]);
  return VARIANTS.filter((variant) => {
    return hasSimd && (hasRelaxedSimd || !isRelaxed(variant)) && (hasThreads || !isThreaded(variant));
  });
}

async function canShareMemory() {
  return (inNode || globalThis.crossOriginIsolated === true) && (await threads());
}

function processorCount() {
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? nodeProcessorCount());
}

function nodeProcessorCount() {
  // Node 20 has no navigator; this is there without an import.
  return /** @type {any} */ (process).getBuiltinModule?.('node:os').availableParallelism() ?? 2;
}

/**
 * The variants to try, in this order, each with its number of threads.
 * @param {string} variant a name or 'auto'
 * @param {number | 'auto'} threadCount
 * @returns {Promise<Candidate[]>}
 */
export async function chooseVariants(variant = 'auto', threadCount = 'auto') {
  const known = variant === 'auto' || VARIANTS.includes(/** @type {VariantName} */ (variant));
  requireArgument(known, `variant must be 'auto' or one of ${VARIANTS.join(', ')}, got ${show(variant)}`);
  const countIsFine = Number.isInteger(threadCount) && Number(threadCount) >= 1 && Number(threadCount) <= MOST_THREADS;
  requireArgument(
    threadCount === 'auto' || countIsFine,
    `threads must be 'auto' or 1 to ${MOST_THREADS}, got ${show(threadCount)}`,
  );

  const runnable = await runnableVariants();
  if (runnable.length === 0) {
    throw new HeadstartError('unsupported', NO_SIMD);
  }
  if (variant !== 'auto') {
    return [oneVariant(/** @type {VariantName} */ (variant), threadCount, runnable)];
  }

  const count = threadCount === 'auto' ? Math.min(processorCount(), MOST_THREADS_BY_ITSELF) : threadCount;
  if (threadCount !== 'auto' && count > 1) {
    const threaded = runnable.filter(isThreaded);
    if (threaded.length === 0) {
      throw new HeadstartError('unsupported', NO_THREADS);
    }
    return threaded.map((name) => ({ variant: name, threads: count }));
  }
  const fitting = runnable.filter((name) => count > 1 || !isThreaded(name));
  return fitting.map((name) => ({ variant: name, threads: isThreaded(name) ? count : 1 }));
}

/**
 * @param {VariantName} variant
 * @param {number | 'auto'} threadCount
 * @param {VariantName[]} runnable
 */
function oneVariant(variant, threadCount, runnable) {
  if (!runnable.includes(variant)) {
    const why = isThreaded(variant) && !runnable.some(isThreaded) ? NO_THREADS : 'this platform has no relaxed SIMD';
    throw new HeadstartError('unsupported', `variant '${variant}' cannot run here: ${why}`);
  }
  if (!isThreaded(variant)) {
    const one = threadCount === 'auto' || threadCount === 1;
    requireArgument(
      one,
      `variant '${variant}' runs on one thread, got threads ${threadCount}: take '${variant}-threads'`,
    );
    return { variant, threads: 1 };
  }
  return {
    variant,
    threads: threadCount === 'auto' ? Math.min(processorCount(), MOST_THREADS_BY_ITSELF) : threadCount,
  };
}
