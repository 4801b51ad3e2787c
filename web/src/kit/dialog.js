/**
 * A modal window on the native `dialog`: focus is kept inside and given back, Escape and a press beside it close it.
 */

/**
 * @param {HTMLElement} host Where it lives.
 * @param {{ className: string, labelledBy: string, onClose: () => void }} options
 */
export function createDialog(host, { className, labelledBy, onClose }) {
  const dialog = document.createElement('dialog');
  dialog.className = `dialog ${className}`;
  dialog.setAttribute('aria-labelledby', labelledBy);
  host.append(dialog);
  dialog.addEventListener('close', onClose);
  let pressedBeside = false;
  dialog.addEventListener('pointerdown', (event) => {
    pressedBeside = event.target === dialog && isBeside(dialog, event);
  });
  // A press that began inside (a text being selected) and ends beside is none.
  dialog.addEventListener('click', (event) => {
    if (pressedBeside && event.target === dialog && isBeside(dialog, event)) {
      dialog.close();
    }
  });
  return {
    element: dialog,
    /** @param {boolean} wanted */
    toggle(wanted) {
      if (wanted && !dialog.open) {
        dialog.showModal();
      } else if (!wanted && dialog.open) {
        dialog.close();
      }
    },
  };
}

/** @param {HTMLElement} dialog @param {MouseEvent} event */
function isBeside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
