// Menus are native `details`; this closes them as people expect: by Escape, by a press elsewhere, by leaving.

const OPEN_MENU = 'details.menu[open]';

export function closeMenusWhenLeft() {
  /** @param {Node | null} [except] */
  function closeAll(except) {
    for (const menu of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll(OPEN_MENU))) {
      if (!except || !menu.contains(except)) {
        menu.open = false;
      }
    }
  }

  document.addEventListener('pointerdown', (event) => closeAll(/** @type {Node} */ (event.target)));
  document.addEventListener('focusin', (event) => closeAll(/** @type {Node} */ (event.target)));
  document.addEventListener('keydown', (event) => {
    const menu = document.querySelector(OPEN_MENU);
    if (event.key === 'Escape' && menu) {
      closeAll();
      menu.querySelector('summary')?.focus();
      event.preventDefault();
    }
  });
}

/** Closes the menu that an item belongs to. @param {Event} event */
export function closeMenuOf(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget).closest('details');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary')?.focus();
  }
}
