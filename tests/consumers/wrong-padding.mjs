// A TensorFlow Lite file that pads its pictures on the other side: what a writer does that takes "same" for symmetric.
//
// Offsets in such a file (flatbuffers, tensorflow/lite/schema/schema.fbs) point forward only, so that what is new stands before
// the old file, and points into it.

const CONVOLUTION = 3;
const PAD = 34;
const VALID = 1;

/** @typedef {{ position: number }} Placed */

/** @param {Uint8Array} file */
function reader(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const follow = (/** @type {number} */ at) => at + view.getUint32(at, true);
  /** Where a field lies; 0: nowhere. @param {number} table @param {number} field */
  const fieldOf = (table, field) => {
    const list = table - view.getInt32(table, true);
    const isThere = 4 + 2 * field < view.getUint16(list, true);
    const offset = isThere ? view.getUint16(list + 4 + 2 * field, true) : 0;
    return offset ? table + offset : 0;
  };
  /** The places of a vector's elements, four bytes each. @param {number} table @param {number} field */
  const elements = (table, field) => {
    const vector = follow(fieldOf(table, field));
    return Array.from({ length: view.getUint32(vector, true) }, (_, i) => vector + 4 + 4 * i);
  };
  return { view, follow, fieldOf, elements };
}

/** What stands before the old file. Children are made first, and come to stand behind their parents. */
class Prefix {
  /** @type {(Placed & { size: number, write: (view: DataView) => void })[]} */
  #parts = [];

  /** @param {number} size @param {(view: DataView, at: number) => void} write */
  #add(size, write) {
    const part = { position: 0, size, write: (/** @type {DataView} */ view) => write(view, part.position) };
    this.#parts.push(part);
    return part;
  }

  /** @param {(number | Placed)[]} elements of four bytes each @param {number} [length] as it is written */
  vector(elements, length = elements.length) {
    return this.#add(4 + 4 * elements.length, (view, at) => {
      view.setUint32(at, length, true);
      elements.forEach((element, i) => {
        put(view, at + 4 + 4 * i, element);
      });
    });
  }

  /** @param {Record<number, number | Placed>} fields */
  table(fields) {
    const numbers = Object.keys(fields).map(Number);
    const listSize = 4 + 2 * (Math.max(...numbers) + 1);
    const padded = Math.ceil(listSize / 4) * 4;
    const part = this.#add(padded + 4 + 4 * numbers.length, (view, at) => {
      const list = at - padded;
      view.setUint16(list, listSize, true);
      view.setUint16(list + 2, 4 + 4 * numbers.length, true);
      view.setInt32(at, padded, true);
      numbers.forEach((field, i) => {
        view.setUint16(list + 4 + 2 * field, 4 + 4 * i, true);
        put(view, at + 4 + 4 * i, fields[field]);
      });
    });
    return Object.assign(part, { lead: padded });
  }

  /** @param {Placed} root @param {Uint8Array} old @param {(shift: number) => void} place what points into the old file */
  finish(root, old, place) {
    let end = 8;
    for (const part of this.#parts.toReversed()) {
      part.position = end + /** @type {{ lead?: number }} */ (part.lead ?? 0);
      end += part.size;
    }
    const shift = Math.ceil(end / 16) * 16;
    place(shift);
    const file = new Uint8Array(shift + old.length);
    const view = new DataView(file.buffer);
    view.setUint32(0, root.position, true);
    file.set(new TextEncoder().encode('TFL3'), 4);
    for (const part of this.#parts) {
      part.write(view);
    }
    file.set(old, shift);
    return file;
  }
}

/** @param {DataView} view @param {number} at @param {number | Placed} value */
const put = (view, at, value) => view.setInt32(at, typeof value === 'number' ? value : value.position - at, true);

/**
 * @param {Uint8Array} old a float32 model whose first layer is a 3x3 convolution at stride 2 on a side of even length: one row
 * of zeros below and one column on the right
 */
export function padOnTheWrongSide(old) {
  const { view, follow, fieldOf, elements } = reader(old);
  const prefix = new Prefix();
  /** @type {(Placed & { from: number })[]} */
  const kept = [];
  const keep = (/** @type {number} */ from) => {
    const placed = { from, position: 0 };
    kept.push(placed);
    return placed;
  };
  const model = follow(0);
  const graph = follow(elements(model, 2)[0]);
  const tensors = elements(graph, 0).map((at) => keep(follow(at)));
  const [first, ...others] = elements(graph, 3).map(follow);
  const [picture, weights, biases] = elements(first, 1).map((at) => view.getInt32(at, true));
  const codeAt = fieldOf(first, 0);
  const code = codeAt ? view.getUint32(codeAt, true) : 0;
  const codes = elements(model, 1).map((at) => keep(follow(at)));
  if (view.getInt32(fieldOf(codes[code].from, 3), true) !== CONVOLUTION) {
    throw new Error('expected the first operator to be a convolution');
  }
  const side = view.getInt32(elements(follow(elements(graph, 0)[picture]), 0)[1], true);
  const activation = view.getInt8(fieldOf(follow(fieldOf(first, 4)), 3));
  const buffers = elements(model, 4).map((at) => keep(follow(at)));

  const metadata = elements(model, 6).map((at) => keep(follow(at)));

  const paddings = prefix.vector([0, 0, 1, 0, 1, 0, 0, 0], 32); // before and behind, of each dimension
  const padded = tensors.length;
  const operators = [
    prefix.table({ 0: codes.length, 1: prefix.vector([picture, padded + 1]), 2: prefix.vector([padded]) }),
    prefix.table({
      0: code,
      1: prefix.vector([padded, weights, biases]),
      2: keep(follow(fieldOf(first, 2))),
      3: 1,
      4: prefix.table({ 0: VALID, 1: 2, 2: 2, 3: activation }),
    }),
    ...others.map(keep),
  ];
  const newTensors = [
    ...tensors,
    prefix.table({ 0: prefix.vector([1, side + 1, side + 1, 3]), 1: 0, 2: 0 }),
    prefix.table({ 0: prefix.vector([4, 2]), 1: 2, 2: buffers.length }),
  ];
  const newGraph = prefix.table({
    0: prefix.vector(newTensors),
    1: keep(follow(fieldOf(graph, 1))),
    2: keep(follow(fieldOf(graph, 2))),
    3: prefix.vector(operators),
  });
  const root = prefix.table({
    0: 3,
    1: prefix.vector([...codes, prefix.table({ 0: PAD, 2: 1, 3: PAD })]),
    2: prefix.vector([newGraph]),
    4: prefix.vector([...buffers, prefix.table({ 0: paddings })]),
    6: prefix.vector(metadata),
  });
  return prefix.finish(root, old, (shift) => {
    for (const placed of kept) {
      placed.position = placed.from + shift;
    }
  });
}
