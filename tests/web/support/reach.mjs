// Run within the page: what cannot be reached, what makes it scroll sideways, what lies over something else.

/** Everything that a person presses or reads, and what of it cannot be brought into sight by scrolling. */
export function outOfReach() {
  const SELECTOR = 'button, summary, select, input, a[href], .bar, .winner, .class-count, .verdict, .net-sight';
  const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  /** @param {Element} element */
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    element.getBoundingClientRect().width > 1 &&
    !element.closest('.skip-link, [aria-hidden="true"], .toasts') &&
    !element.closest('details:not([open]) > :not(summary)');
  /** @param {Element} element */
  const name = (element) =>
    `${element.localName}.${String(element.getAttribute('class'))} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}"`;
  /** @param {Element} element */
  const fault = (element) => {
    const { left, right, top: from, bottom } = element.getBoundingClientRect();
    if (left < -0.5 || right > innerWidth + 0.5) {
      return 'lies beside the window';
    }
    if (from < -0.5 || bottom > innerHeight + 0.5) {
      return 'lies above or below the window';
    }
    const hit = document.elementFromPoint((left + right) / 2, (from + bottom) / 2);
    // A field may lie over what it looks like, and the other way round.
    const isHit =
      hit !== null && (element.contains(hit) || hit.contains(element) || hit.closest('label')?.contains(element));
    return isHit ? '' : `lies under ${hit ? name(hit) : 'nothing'}`;
  };
  const faults = [];
  for (const element of [...top.querySelectorAll(SELECTOR)].filter(isSeen)) {
    let found = '';
    for (const block of /** @type {const} */ (['nearest', 'center', 'end'])) {
      element.scrollIntoView({ block, inline: 'nearest', behavior: 'instant' });
      found = fault(element);
      if (found === '') {
        break;
      }
    }
    if (found !== '') {
      faults.push(`${name(element)} ${found}`);
    }
  }
  scrollTo(0, 0);
  return faults;
}

/**
 * What is not seen whole before anything is scrolled.
 *
 * @param {string} selector
 */
export async function outOfSight(selector) {
  scrollTo(0, 0);
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
  const all = [...document.querySelectorAll(selector)];
  /** @param {Element} element */
  const isSeen = (element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    let box = { left: 0, right: innerWidth, top: 0, bottom: innerHeight };
    for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
      if (getComputedStyle(outer).overflowY !== 'visible') {
        box = outer.getBoundingClientRect();
        break;
      }
    }
    const bounds = [box.left - left, right - box.right, box.top - top, bottom - box.bottom, bottom - innerHeight];
    return right > left && Math.max(...bounds) < 1.5;
  };
  return all
    .filter((element) => !isSeen(element))
    .map((element) => `${element.className} "${(element.textContent ?? '').trim().slice(0, 30)}"`)
    .concat(all.length === 0 ? [`no ${selector}`] : []);
}

/**
 * What of a window, or of the parts of the page that do not scroll, lies under a toast, as far as it is to be seen at all.
 */
export function underToasts() {
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  const places = dialog ? [dialog] : [...document.querySelectorAll('.stage, .top-bar')];
  const toasts = [...document.querySelectorAll('.toast')].map((toast) => toast.getBoundingClientRect());
  /** @param {Element} element The part of it that its surroundings do not cut off. */
  const seen = (element) => {
    let { left, right, top, bottom } = element.getBoundingClientRect();
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      if (getComputedStyle(outer).overflowY !== 'visible') {
        const box = outer.getBoundingClientRect();
        [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
      }
    }
    return { left, right, top, bottom };
  };
  return places
    .flatMap((place) => [...place.querySelectorAll('button, summary, select, input, a[href], p, h2, .bar')])
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.toasts'))
    .filter((element) => {
      const { left, right, top, bottom } = seen(element);
      return toasts.some(
        (toast) =>
          Math.min(right, toast.right) - Math.max(left, toast.left) > 1 &&
          Math.min(bottom, toast.bottom) - Math.max(top, toast.top) > 1,
      );
    })
    .map((element) => `${element.className} "${(element.textContent ?? '').trim().slice(0, 30)}" lies under a toast`)
    .concat(toasts.length === 0 ? ['there is no toast'] : []);
}

/** Whether the page, or a window in it, scrolls sideways. */
export function tooWide() {
  const all = [document.documentElement, ...document.querySelectorAll('dialog[open], dialog[open] .dialog-body')];
  return all
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map(
      (element) =>
        `${element.className || 'the page'} scrolls ${element.scrollWidth - element.clientWidth} px sideways`,
    );
}

/** Pairs of elements of which neither lies within the other and that cover each other. @param {string} selector */
export function overlapping(selector) {
  const seen = [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
  if (seen.length < 2) {
    return [`only ${seen.length} of ${selector}`];
  }
  /** @param {Element} element What is written there, which may reach beyond its own box. */
  const boxOf = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const [own, content] = [element.getBoundingClientRect(), range.getBoundingClientRect()];
    return content.width === 0
      ? own
      : {
          left: Math.min(own.left, content.left),
          right: Math.max(own.right, content.right),
          top: Math.min(own.top, content.top),
          bottom: Math.max(own.bottom, content.bottom),
        };
  };
  const faults = [];
  for (const [index, one] of seen.entries()) {
    const a = boxOf(one);
    for (const other of seen.slice(index + 1)) {
      const b = boxOf(other);
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 1) {
        faults.push(
          `${one.className} "${one.textContent?.trim()}" and ${other.className} "${other.textContent?.trim()}"`,
        );
      }
    }
  }
  return faults;
}

/** Rows whose name does not stand beside the sign of its class. @param {string} selector */
export function farFromSign(selector) {
  const rows = [...document.querySelectorAll(selector)];
  /** @param {Element} row */
  const gap = (row) => {
    const [sign, name] = [row.querySelector('.token'), row.querySelector('.bar-name')];
    if (!sign || !name) {
      return Number.POSITIVE_INFINITY;
    }
    const range = document.createRange();
    range.selectNodeContents(name);
    const [a, b] = [sign.getBoundingClientRect(), range.getBoundingClientRect()];
    return Math.min(Math.abs(b.left - a.right), Math.abs(a.left - b.right));
  };
  return rows
    .filter((row) => gap(row) > 16)
    .map((row) => `${row.textContent?.trim()}: ${Math.round(gap(row))} px`)
    .concat(rows.length === 0 ? [`no ${selector}`] : []);
}
