// The caller's identities beside those of C++. The caller's outlive a change of backbone and an undone removal; those of
// C++ belong to one store.

export class IdMap {
  /** @type {Map<number, number>} */
  #inner = new Map();
  /** @type {Map<number, number>} */
  #outer = new Map();

  /** @param {number} outer @param {number} inner */
  set(outer, inner) {
    this.#inner.set(outer, inner);
    this.#outer.set(inner, outer);
  }

  /** @param {number} outer the caller's @returns {number | undefined} */
  inner(outer) {
    return this.#inner.get(outer);
  }

  /** @param {number} inner of C++ @returns {number | undefined} */
  outer(inner) {
    return this.#outer.get(inner);
  }

  /** @param {number} outer */
  delete(outer) {
    const inner = this.#inner.get(outer);
    if (inner !== undefined) this.#outer.delete(inner);
    this.#inner.delete(outer);
  }

  /** In the order in which they were set. */
  outers() {
    return [...this.#inner.keys()];
  }

  get size() {
    return this.#inner.size;
  }
}
