// Dragging things of a list to another place, by mouse, finger or pen: the one that is held follows, the others make room.

/** A press that moves less than this is no drag. */
const SLACK_PX = 5;
/** That near the edge of the window, the page scrolls along. */
const EDGE_PX = 56;
const SCROLL_STEP_PX = 9;

/**
 * @typedef {object} Drag
 * @property {HTMLElement} item
 * @property {HTMLElement[]} items
 * @property {{ x: number, y: number }[]} places The middle of each item, in the page, as all lay at the beginning.
 * @property {number} from
 * @property {number} to
 * @property {number} x Where the pointer went down, in the page.
 * @property {number} y
 * @property {boolean} moves
 */

/**
 * @param {object} options
 * @param {(handle: Element) => HTMLElement | null} options.itemOf
 * @param {() => HTMLElement[]} options.items In their order.
 * @param {(from: number, to: number) => void} options.move
 */
export function createReorder({ itemOf, items, move }) {
  /** @type {Drag | null} */
  let drag = null;
  /** @type {PointerEvent | null} */
  let latest = null;
  let frame = 0;

  /** @param {HTMLElement} item */
  function middleOf(item) {
    const { left, top, width, height } = item.getBoundingClientRect();
    return { x: left + width / 2 + scrollX, y: top + height / 2 + scrollY };
  }

  /** @param {HTMLElement} item @param {number} x @param {number} y */
  function shift(item, x, y) {
    item.style.transform = x === 0 && y === 0 ? '' : `translate(${x}px, ${y}px)`;
  }

  function follow() {
    frame = 0;
    if (!drag || !latest) {
      return;
    }
    const { item, places, from } = drag;
    const [x, y] = [latest.clientX + scrollX - drag.x, latest.clientY + scrollY - drag.y];
    if (!drag.moves && Math.hypot(x, y) < SLACK_PX) {
      return;
    }
    drag.moves = true;
    item.classList.add('is-dragged');
    shift(item, x, y);
    const at = { x: places[from].x + x, y: places[from].y + y };
    const distances = places.map((place) => Math.hypot(place.x - at.x, place.y - at.y));
    drag.to = distances.indexOf(Math.min(...distances));
    makeRoom(drag);
    scrollAlong();
  }

  /** @param {Drag} drag */
  function makeRoom({ item, items: all, places, from, to }) {
    for (const [index, other] of all.entries()) {
      if (other === item) {
        continue;
      }
      let place = index;
      if (index > from && index <= to) {
        place -= 1;
      } else if (index < from && index >= to) {
        place += 1;
      }
      other.classList.add('makes-room');
      shift(other, places[place].x - places[index].x, places[place].y - places[index].y);
    }
  }

  function scrollAlong() {
    const y = latest?.clientY ?? 0;
    const step = y < EDGE_PX ? -SCROLL_STEP_PX : y > innerHeight - EDGE_PX ? SCROLL_STEP_PX : 0;
    const before = scrollY;
    scrollBy(0, step);
    if (scrollY !== before) {
      frame ||= requestAnimationFrame(follow);
    }
  }

  /** @param {PointerEvent} event */
  function onMove(event) {
    latest = event;
    frame ||= requestAnimationFrame(follow);
  }

  /** @param {KeyboardEvent} event */
  function onKey({ key }) {
    if (key === 'Escape') {
      end(false);
    }
  }

  const onUp = () => end(true);
  const onCancel = () => end(false);

  /** @param {boolean} isKept */
  function end(isKept) {
    cancelAnimationFrame(frame);
    if (isKept) {
      follow(); // the last move may still wait for its frame
    }
    cancelAnimationFrame(frame);
    frame = 0;
    document.removeEventListener('pointermove', onMove);
    document.removeEventListener('pointerup', onUp);
    document.removeEventListener('pointercancel', onCancel);
    document.removeEventListener('keydown', onKey);
    if (!drag) {
      return;
    }
    const { items: all, from, to, moves } = drag;
    drag = null;
    latest = null;
    for (const item of all) {
      item.classList.remove('is-dragged', 'makes-room');
      shift(item, 0, 0);
    }
    if (isKept && moves && from !== to) {
      move(from, to);
    }
  }

  return {
    /** @param {PointerEvent} event A press on an item's handle. */
    grab(event) {
      const item = itemOf(/** @type {Element} */ (event.currentTarget));
      if (!item || event.button !== 0 || drag) {
        return;
      }
      event.preventDefault(); // no text is selected
      const all = items();
      const from = all.indexOf(item);
      const [x, y] = [event.clientX + scrollX, event.clientY + scrollY];
      drag = { item, items: all, places: all.map(middleOf), from, to: from, x, y, moves: false };
      document.addEventListener('pointermove', onMove);
      document.addEventListener('pointerup', onUp);
      document.addEventListener('pointercancel', onCancel);
      document.addEventListener('keydown', onKey);
    },
  };
}
