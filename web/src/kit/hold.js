// Holding a button: with the mouse, a finger, Space or Enter; and, where nothing can be held (a screen reader's or a
// voice's press), a first press that starts and a second that stops.

/**
 * @param {{ start: () => void, stop: () => void, isHeld: () => boolean }} action
 */
export function holdHandlers({ start, stop, isHeld }) {
  let pointer = -1;
  let key = '';
  let wasPressed = false;

  return {
    /** @param {PointerEvent} event */
    pointerdown(event) {
      if (event.button !== 0 || pointer >= 0) {
        return;
      }
      pointer = event.pointerId;
      wasPressed = true;
      // A finger that slides off the button still holds it.
      /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(pointer);
      start();
    },
    /** @param {PointerEvent} event */
    pointerup(event) {
      if (event.pointerId === pointer) {
        pointer = -1;
        stop();
      }
    },
    /** @param {KeyboardEvent} event */
    keydown(event) {
      if (event.key !== ' ' && event.key !== 'Enter') {
        return;
      }
      event.preventDefault(); // no click of its own, no scrolling
      if (!event.repeat && key === '') {
        key = event.key;
        start();
      }
    },
    /** @param {KeyboardEvent} event */
    keyup(event) {
      if (event.key === key) {
        event.preventDefault();
        key = '';
        stop();
      }
    },
    blur() {
      if (key !== '') {
        key = '';
        stop();
      }
    },
    click() {
      if (wasPressed) {
        wasPressed = false; // the click that follows every press
      } else if (isHeld()) {
        stop();
      } else {
        start();
      }
    },
    /** A long touch must not open the browser's menu. @param {Event} event */
    contextmenu(event) {
      event.preventDefault();
    },
  };
}
