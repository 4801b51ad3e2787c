// A modal window on the native `dialog`: focus is kept inside and given back, Escape and a press beside it close it.

/** Open windows, the topmost last. @type {HTMLDialogElement[]} */
const open = [];

/** What lies beside a modal window can neither be pressed nor heard, so toasts and the live region go where people are. */
function bringNotices() {
  const notices = document.getElementById('notices');
  const place = open.at(-1) ?? document.body;
  if (notices && notices.parentElement !== place) {
    place.append(notices);
  }
}

/**
 * @param {HTMLElement} host Where it lives.
 * @param {{ className: string, labelledBy: string, onClose: () => void }} options
 */
export function createDialog(host, { className, labelledBy, onClose }) {
  const dialog = document.createElement('dialog');
  dialog.className = `dialog ${className}`;
  dialog.setAttribute('aria-labelledby', labelledBy);
  const content = document.createElement('div');
  content.className = 'dialog-content';
  dialog.append(content);
  host.append(dialog);
  dialog.addEventListener('close', () => {
    if (open.includes(dialog)) {
      open.splice(open.indexOf(dialog), 1);
    }
    bringNotices();
    onClose();
  });
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
    /** Where its parts are drawn. */
    element: content,
    get isOpen() {
      return dialog.open;
    },
    /** @param {boolean} wanted */
    toggle(wanted) {
      if (wanted && !dialog.open) {
        dialog.showModal();
        open.push(dialog);
        bringNotices();
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
