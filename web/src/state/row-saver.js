// What the backbone saw in the pictures, on disk when there is time for it: it can be made again from them.

/** So many rows are read from the engine at a time: some megabytes. */
const ROWS_AT_ONCE = 128;
/** Rows wait until nobody records. */
const ROWS_AFTER_MS = 900;

/** Identifies what a backbone sees: other weights, another size or precision see something else. @param {import('./types.js').BackboneInfo} backbone */
export const rowsOf = ({ sha256, inputSize, precision }) =>
  `1-${sha256}-${inputSize}${precision === 'int8' ? '-int8' : ''}`;

/**
 * @param {Pick<import('./types.js').Context, 'state' | 'engine'>} context
 * @param {() => import('../project/vault.js').Vault | null} vaultNow
 */
export function createRowSaver({ state, engine }, vaultNow) {
  /** Pictures whose rows are not on disk, for the backbone in use. @type {Set<number>} */
  const wanted = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** Two that write at once would write the same rows, and every new picture would add one more. */
  let isWriting = false;

  function soon() {
    clearTimeout(timer);
    if (wanted.size > 0 && !isWriting) {
      timer = setTimeout(() => void writeAll(), ROWS_AFTER_MS);
    }
  }

  /** Nobody waits for the page or the engine now. */
  const isQuiet = () => !state.recording && !state.intake?.running && state.training.phase !== 'running';

  async function writeAll() {
    isWriting = true;
    try {
      while (wanted.size > 0 && isQuiet() && (await writeSome())) {
        await new Promise((resolve) => setTimeout(resolve, 0)); // so that others come between
      }
    } catch {
      // They can be made again from the pictures: the next start takes longer, and nothing is lost.
    } finally {
      isWriting = false;
    }
    if (!isQuiet()) {
      soon();
    }
  }

  /** False where there is nothing to read them from or to write them to. */
  async function writeSome() {
    const { trainer } = engine;
    const vault = vaultNow();
    if (!vault || !trainer || trainer.failed || state.backbones.change) {
      return false;
    }
    const some = [...wanted].slice(0, ROWS_AT_ONCE);
    const backbone = rowsOf(trainer.backbone);
    const { sampleIds, rows } = await trainer.keeping.rows(some);
    if (backbone !== rowsOf(trainer.backbone)) {
      return true; // of a backbone that is not in use any more
    }
    if (sampleIds.length > 0) {
      await vault.keepRows({ backbone, sampleIds, rows });
    }
    for (const sampleId of some) {
      wanted.delete(sampleId);
    }
    return true;
  }

  return { wanted, soon, stop: () => clearTimeout(timer) };
}
