// Run within the page: buttons that show no word.

/**
 * What is pressed and shows fewer than two letters, or letters that are cut off.
 *
 * Left out, and why: the cross that closes a window or a note (everybody knows it, and it stands in every window), a picture
 * that is pressed to be seen large (the picture is what it says), and a number in a table whose rows and columns have names.
 */
export function wordless() {
  const EXEMPT =
    '.dialog-head > .button-icon, .toast > .button-icon, .big-screen-close, .strip-cell, .why-picture, td > button';
  const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  /** @param {Element} element @param {Element} button Whether what is in there is seen, not only heard. */
  const isShown = (element, button) => {
    for (let each = element; each !== button; each = /** @type {Element} */ (each.parentElement)) {
      const { width, height } = each.getBoundingClientRect();
      if (width < 4 || height < 4) {
        return false;
      }
    }
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const faults = [];
  for (const button of top.querySelectorAll('button, summary, a[href], label.file-button, label.language')) {
    const box = button.getBoundingClientRect();
    if (box.width < 4 || !button.checkVisibility({ visibilityProperty: true }) || button.matches(EXEMPT)) {
      continue;
    }
    if (button.closest('.skip-link')) {
      continue; // it comes into sight with the focus
    }
    let letters = '';
    let cut = false;
    const walk = document.createTreeWalker(button, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const parent = /** @type {Element} */ (walk.currentNode.parentElement);
      const select = parent.closest('select');
      const isChosen = parent instanceof HTMLOptionElement && parent.selected;
      if (select ? !isChosen || getComputedStyle(select).color === 'rgba(0, 0, 0, 0)' : !isShown(parent, button)) {
        continue;
      }
      letters += walk.currentNode.textContent?.match(/\p{L}/gu)?.join('') ?? '';
      if (parent.matches('.button-word')) {
        const range = document.createRange();
        range.selectNodeContents(walk.currentNode);
        const text = range.getBoundingClientRect();
        const spills = [box.left - text.left, text.right - box.right, box.top - text.top, text.bottom - box.bottom];
        cut ||= Math.max(...spills) > 1.5;
      }
    }
    if (letters.length < 2 || cut) {
      const name = button.getAttribute('aria-label') ?? button.getAttribute('title') ?? button.className;
      faults.push(`${name}: ${cut ? `“${letters}” is cut off` : `only “${letters}”`}`);
    }
  }
  return faults;
}
