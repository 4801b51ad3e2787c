// What the backbone saw in the pictures, on disk when there is time for it: it can be made again from them.

/** So many rows are read from the engine at a time: some megabytes. */
const ROWS_AT_ONCE = 128;
/** Rows wait until nobody records. */
const ROWS_AFTER_MS = 900;

/** Identifies what a backbone sees: other weights or another size see something else. @param {import('./types.js').BackboneInfo} backbone */
export const rowsOf = ({ sha256, inputSize }) => `1-${sha256}-${inputSize}`;

/**
 * @param {Pick<import('./types.js').Context, 'state' | 'engine'>} context
 * @param {() => import('../project/vault.js').Vault | null} vaultNow
 */
export function createRowSaver({ state, engine }, vaultNow) {
  /** Pictures whose rows are not on disk, for the backbone in use. @type {Set<number>} */
  const wanted = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function soon() {
    clearTimeout(timer);
    if (wanted.size > 0) {
      timer = setTimeout(() => void write(), ROWS_AFTER_MS);
    }
  }

  async function write() {
    const { trainer } = engine;
    const vault = vaultNow();
    if (!vault || !trainer || trainer.failed || state.backbones.change) {
      return;
    }
    if (state.recording || state.intake?.running || state.training.phase === 'running') {
      soon();
      return;
    }
    const some = [...wanted].slice(0, ROWS_AT_ONCE);
    const backbone = rowsOf(trainer.backbone);
    try {
      const { sampleIds, rows } = await trainer.keeping.rows(some);
      if (sampleIds.length > 0 && backbone === rowsOf(trainer.backbone)) {
        await vault.keepRows({ backbone, sampleIds, rows });
      }
      for (const sampleId of some) {
        wanted.delete(sampleId);
      }
      if (wanted.size > 0) {
        timer = setTimeout(() => void write(), 0);
      }
    } catch {
      // They can be made again from the pictures: the next start takes longer, and nothing is lost.
    }
  }

  return { wanted, soon, stop: () => clearTimeout(timer) };
}
