// Nothing happens: nobody presses, types, records or waits, and the page may do something that nobody asked for.

/** What a person does that ends the calm at once. A press without a pointer or a key is that of a screen reader or a voice. */
const STIRS = /** @type {const} */ ([
  ...['pointerdown', 'keydown', 'click', 'wheel', 'scroll', 'dragover', 'drop', 'paste', 'input', 'change'],
]);
/** A table that is knocked against moves a mouse, too: it has to go so far. */
const MOVED_PX = 24;

/**
 * @param {{ calmMs: number, isQuiet: () => boolean, onCalm: () => void, onStir: () => void }} options
 *   `onCalm` once so long nothing happened while the page is seen and `isQuiet` holds; `onStir` with whatever happens next.
 */
export function watchCalm({ calmMs, isQuiet, onCalm, onStir }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function stir() {
    clearTimeout(timer);
    wayPx = 0;
    onStir();
    timer = setTimeout(() => {
      if (!document.hidden && isQuiet()) {
        onCalm();
      }
    }, calmMs);
  }

  let wayPx = 0;
  /** @param {PointerEvent} event */
  function move({ movementX, movementY }) {
    wayPx += Math.hypot(movementX, movementY);
    if (wayPx > MOVED_PX) {
      stir();
    }
  }

  addEventListener('pointermove', move, { capture: true, passive: true });
  for (const name of STIRS) {
    addEventListener(name, stir, { capture: true, passive: true });
  }
  document.addEventListener('visibilitychange', stir);
  return stir;
}
