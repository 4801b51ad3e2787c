// What reaches the page as a whole: keys, dropped and pasted pictures.

/** @typedef {import('../state/app.js').App} App */

/** @param {App} app @param {HTMLElement} stage */
export function mountPageInput(app, stage) {
  const { state } = app;
  let heldDigit = '';

  /** @param {EventTarget | null} target */
  function isTyping(target) {
    return (
      target instanceof HTMLElement &&
      target.closest('input:not([type="checkbox"], [type="radio"], [type="file"]), select, textarea') !== null
    );
  }

  const LETTERS = /** @type {Record<string, () => unknown>} */ ({
    n: () => app.classes.add(),
    t: () => app.training.train(),
    p: () => app.live.togglePause(),
    m: () => app.settings.set('mirror', !state.settings.mirror),
    e: () => app.settings.toggleDepth(),
    '?': () => app.dialogs.open('keys'),
  });

  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
    if (isTyping(event.target)) {
      return;
    }
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'z') {
      event.preventDefault();
      void (shiftKey ? app.undo.redo() : app.undo.undo());
      return;
    }
    const hasDialog = document.querySelector('dialog[open]') !== null;
    if (ctrlKey || metaKey || altKey || repeat || hasDialog || !state.settings.singleKeys) {
      return;
    }
    if (/^[1-9]$/.test(key)) {
      const card = state.classes[Number(key) - 1];
      if (card && heldDigit === '') {
        heldDigit = key;
        app.recording.start(card.key);
      }
      return;
    }
    LETTERS[key.toLowerCase()]?.();
  });

  document.addEventListener('keyup', ({ key }) => {
    if (key === heldDigit) {
      heldDigit = '';
      void app.recording.stop();
    }
  });

  // A window that loses the keyboard never hears that the key went up.
  addEventListener('blur', () => {
    heldDigit = '';
    if (state.recording?.kind === 'hold') {
      void app.recording.stop();
    }
  });

  document.addEventListener('paste', (event) => {
    if (isTyping(event.target) || !event.clipboardData?.types.length) {
      return;
    }
    const card = /** @type {HTMLElement | null} */ (document.activeElement?.closest('[data-class-key]'));
    void app.intake.take(event, card ? Number(card.dataset.classKey) : null);
  });

  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.some((type) => type === 'Files' || type === 'text/uri-list')) {
      event.preventDefault();
      document.body.classList.add('is-dragging');
    }
  });
  for (const end of ['dragleave', 'drop', 'dragend']) {
    document.addEventListener(end, (event) => {
      if (end !== 'dragleave' || /** @type {DragEvent} */ (event).relatedTarget === null) {
        document.body.classList.remove('is-dragging');
      }
    });
  }
  document.addEventListener('drop', (event) => {
    if (event.defaultPrevented || !event.dataTransfer) {
      return;
    }
    event.preventDefault(); // a browser would leave the page and show the file
    if (stage.contains(/** @type {Node} */ (event.target))) {
      void app.intake.tryOut(event.dataTransfer);
    } else {
      void app.intake.take(event.dataTransfer, null);
    }
  });
}
