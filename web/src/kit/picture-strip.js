// A strip or a grid of thousands of pictures, of which only the visible ones are in the page; their addresses are
// taken back as soon as they leave it.

/**
 * @typedef {object} StripView
 * @property {readonly number[]} sampleIds Oldest first.
 * @property {boolean} [newestFirst]
 * @property {ReadonlySet<number>} [selected]
 * @property {number | null} [current]
 * @property {(sampleId: number) => Promise<Blob>} picture
 * @property {(position: number, count: number) => string} label
 */
/** @typedef {{ button: HTMLButtonElement, image: HTMLImageElement, url: string, index: number }} Cell */

/** Cells kept ready beyond each edge, so that scrolling shows no gaps. */
const SPARE_COLUMNS = 3;

/**
 * Attributes: `mode` is `row` (one line, scrolls sideways) or `grid` (scrolls down). `--cell` is the size of a cell.
 * Events: `picture-opened` and `picture-deleted` with `detail` { sampleId, index, extend, toggle }.
 */
export class PictureStrip extends HTMLElement {
  /** @type {StripView | null} */
  #view = null;
  /** @type {Map<number, Cell>} */
  #cells = new Map();
  #inner = document.createElement('div');
  #cellPx = 72;
  #width = 0;
  #height = 0;
  #focusIndex = 0;
  #count = 0;
  #scheduled = false;
  #resized = new ResizeObserver(() => this.#measure());

  /** @param {StripView} view */
  set view(view) {
    this.#view = view;
    this.#draw();
  }

  get view() {
    return /** @type {StripView} */ (this.#view);
  }

  connectedCallback() {
    this.#inner.className = 'strip-inner';
    if (!this.#inner.isConnected) {
      this.append(this.#inner);
    }
    this.#resized.observe(this);
    this.addEventListener('scroll', this.#onScroll, { passive: true });
    this.addEventListener('keydown', this.#onKey);
  }

  disconnectedCallback() {
    this.#resized.disconnect();
    this.removeEventListener('scroll', this.#onScroll);
    this.removeEventListener('keydown', this.#onKey);
    for (const sampleId of [...this.#cells.keys()]) {
      this.#drop(sampleId);
    }
  }

  get #isGrid() {
    return this.getAttribute('mode') === 'grid';
  }

  get #columns() {
    return this.#isGrid ? Math.max(1, Math.floor(this.#width / this.#cellPx)) : Infinity;
  }

  #onScroll = () => {
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        this.#draw();
      });
    }
  };

  #measure() {
    this.#cellPx = Number.parseFloat(getComputedStyle(this).getPropertyValue('--cell')) || 72;
    this.#width = this.clientWidth;
    this.#height = this.clientHeight;
    this.#draw();
  }

  /** @param {number} index */
  #idAt(index) {
    const { sampleIds, newestFirst } = this.view;
    return sampleIds[newestFirst ? sampleIds.length - 1 - index : index];
  }

  /** The positions that can be seen, and a few beside them. */
  #visibleRange() {
    const count = this.view.sampleIds.length;
    const cell = this.#cellPx;
    if (this.#isGrid) {
      const columns = this.#columns;
      const first = Math.floor(this.scrollTop / cell) - SPARE_COLUMNS;
      const last = Math.ceil((this.scrollTop + this.#height) / cell) + SPARE_COLUMNS;
      return { from: Math.max(0, first * columns), to: Math.min(count, last * columns) };
    }
    const start = Math.abs(this.scrollLeft); // negative from right to left
    const first = Math.floor(start / cell) - SPARE_COLUMNS;
    const last = Math.ceil((start + this.#width) / cell) + SPARE_COLUMNS;
    return { from: Math.max(0, first), to: Math.min(count, last) };
  }

  /** The picture in focus is still the one that Tab stops at, where others came or went before it. */
  #followFocus() {
    for (const [sampleId, { button }] of this.#cells) {
      if (button === document.activeElement) {
        const { sampleIds, newestFirst } = this.view;
        const at = sampleIds.indexOf(sampleId);
        this.#focusIndex = at < 0 ? this.#focusIndex : newestFirst ? sampleIds.length - 1 - at : at;
        return;
      }
    }
  }

  #draw() {
    if (!this.#view || this.#width === 0) {
      return;
    }
    const { sampleIds, label, selected, current } = this.#view;
    const count = sampleIds.length;
    const columns = this.#columns;
    const cell = this.#cellPx;
    const hadFocus = this.contains(document.activeElement);
    this.#followFocus();
    this.#focusIndex = Math.max(0, Math.min(this.#focusIndex, count - 1));
    const rows = this.#isGrid ? Math.ceil(count / columns) : 1;
    this.#inner.style.blockSize = `${rows * cell}px`;
    this.#inner.style.inlineSize = this.#isGrid ? '100%' : `${count * cell}px`;
    const { from, to } = this.#visibleRange();
    const wanted = new Set();
    for (let index = from; index < to; index += 1) {
      wanted.add(this.#idAt(index));
    }
    // The focused picture stays even when scrolled away: focus must not fall out of the page.
    if (hadFocus && count > 0) {
      wanted.add(this.#idAt(this.#focusIndex));
    }
    for (const sampleId of this.#cells.keys()) {
      if (!wanted.has(sampleId)) {
        this.#drop(sampleId);
      }
    }
    const place = (/** @type {number} */ index) => {
      const sampleId = this.#idAt(index);
      const item = this.#cells.get(sampleId) ?? this.#make(sampleId);
      item.index = index;
      const { style } = item.button;
      style.insetInlineStart = `${(this.#isGrid ? index % columns : index) * cell}px`;
      style.insetBlockStart = `${this.#isGrid ? Math.floor(index / columns) * cell : 0}px`;
      item.button.tabIndex = index === this.#focusIndex ? 0 : -1;
      item.button.setAttribute('aria-label', label(index + 1, count));
      if (selected) {
        item.button.setAttribute('aria-pressed', String(selected.has(sampleId)));
      }
      item.button.classList.toggle('is-current', sampleId === current);
    };
    for (let index = from; index < to; index += 1) {
      place(index);
    }
    if (this.#view.newestFirst && count === this.#count + 1) {
      this.#cells.get(this.#idAt(0))?.button.classList.add('is-new');
    }
    this.#count = count;
    if (hadFocus && count > 0) {
      place(this.#focusIndex);
      if (!this.contains(document.activeElement)) {
        this.#cells.get(this.#idAt(this.#focusIndex))?.button.focus({ preventScroll: true });
      }
    }
  }

  /** @param {number} sampleId */
  #make(sampleId) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'strip-cell';
    button.draggable = true;
    const image = document.createElement('img');
    image.alt = '';
    image.decoding = 'async';
    image.draggable = false;
    button.append(image);
    /** @type {Cell} */
    const item = { button, image, url: '', index: 0 };
    this.#cells.set(sampleId, item);
    button.addEventListener('click', (event) => this.#say('picture-opened', sampleId, event));
    button.addEventListener('focus', () => {
      this.#focusIndex = item.index;
    });
    button.addEventListener('dragstart', (event) => {
      event.dataTransfer?.setData('application/x-headstart-sample', String(sampleId));
      if (event.dataTransfer) {
        event.dataTransfer.effectAllowed = 'copyMove';
      }
    });
    this.#inner.append(button);
    this.view.picture(sampleId).then(
      (blob) => {
        if (this.#cells.get(sampleId) === item) {
          item.url = URL.createObjectURL(blob);
          image.src = item.url;
        }
      },
      () => button.classList.add('is-broken'),
    );
    return item;
  }

  /** @param {number} sampleId */
  #drop(sampleId) {
    const item = this.#cells.get(sampleId);
    if (item) {
      URL.revokeObjectURL(item.url);
      item.button.remove();
      this.#cells.delete(sampleId);
    }
  }

  /**
   * @param {string} name
   * @param {number} sampleId
   * @param {MouseEvent | KeyboardEvent} event
   */
  #say(name, sampleId, { shiftKey, ctrlKey, metaKey }) {
    const index = this.#cells.get(sampleId)?.index ?? 0;
    const detail = { sampleId, index, extend: shiftKey, toggle: ctrlKey || metaKey };
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  /** @param {KeyboardEvent} event */
  #onKey = (event) => {
    const forward = getComputedStyle(this).direction === 'rtl' ? -1 : 1;
    const columns = this.#isGrid ? this.#columns : 1;
    const last = this.view.sampleIds.length - 1;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowRight: this.#focusIndex + forward,
      ArrowLeft: this.#focusIndex - forward,
      ArrowDown: this.#focusIndex + columns,
      ArrowUp: this.#focusIndex - columns,
      Home: 0,
      End: last,
    };
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.#say('picture-deleted', this.#idAt(this.#focusIndex), event);
      return;
    }
    if (!(event.key in targets)) {
      return;
    }
    event.preventDefault();
    this.focusPicture(Math.max(0, Math.min(last, targets[event.key])));
    if (event.shiftKey) {
      this.#say('picture-opened', this.#idAt(this.#focusIndex), event);
    }
  };

  /** Brings a picture into sight and focus. @param {number} index */
  focusPicture(index) {
    this.#focusIndex = index;
    this.reveal(index);
    this.#draw();
    this.#cells.get(this.#idAt(index))?.button.focus({ preventScroll: true });
  }

  /** Scrolls just as far as needed. @param {number} index */
  reveal(index) {
    const cell = this.#cellPx;
    if (this.#isGrid) {
      const top = Math.floor(index / this.#columns) * cell;
      const least = top + cell - this.#height;
      this.scrollTo({ top: Math.min(Math.max(this.scrollTop, least), top) });
      return;
    }
    const sign = getComputedStyle(this).direction === 'rtl' ? -1 : 1;
    const left = index * cell;
    const least = left + cell - this.#width;
    this.scrollTo({ left: sign * Math.min(Math.max(Math.abs(this.scrollLeft), least), left) });
  }
}

customElements.define('picture-strip', PictureStrip);
