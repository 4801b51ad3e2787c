// Nothing happens: nobody presses, types, records or waits, and the page may do something that nobody asked for.

/** What a person does that ends the calm at once. A mouse that only moves is none: hands rest on it. */
const STIRS = /** @type {const} */ (['pointerdown', 'keydown', 'wheel', 'drop', 'paste', 'change']);

/**
 * @param {{ calmMs: number, isQuiet: () => boolean, onCalm: () => void, onStir: () => void }} options
 *   `onCalm` once so long nothing happened while the page is seen and `isQuiet` holds; `onStir` with whatever happens next.
 */
export function watchCalm({ calmMs, isQuiet, onCalm, onStir }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function stir() {
    clearTimeout(timer);
    onStir();
    timer = setTimeout(() => {
      if (!document.hidden && isQuiet()) {
        onCalm();
      }
    }, calmMs);
  }

  for (const name of STIRS) {
    addEventListener(name, stir, { capture: true, passive: true });
  }
  document.addEventListener('visibilitychange', stir);
  return stir;
}
