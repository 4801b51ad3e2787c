// The value of a field as the state has it, except while a person is at it: what is half typed or half drawn stays.

import { Directive, directive } from 'lit/directive.js';
import { setCommittedValue } from 'lit/directive-helpers.js';
import { noChange } from 'lit/html.js';

class Settled extends Directive {
  #isTyping = false;
  /** @type {Element | null} */
  #field = null;

  /** @param {unknown} value */
  render(value) {
    return value;
  }

  /** @param {any} part @param {[unknown]} values @override */
  update(part, [value]) {
    if (!this.#field) {
      this.#field = /** @type {Element} */ (part.element);
      this.#field.addEventListener('input', () => {
        this.#isTyping = true;
      });
      for (const end of ['change', 'blur']) {
        this.#field.addEventListener(end, () => {
          this.#isTyping = false;
        });
      }
    }
    if (this.#isTyping || part.element[part.name] === value) {
      return noChange;
    }
    // What the field shows counts, not what was drawn last.
    setCommittedValue(part);
    return value;
  }
}

/** For properties of fields, as in `.value=${settled(name)}`; before the `@change` that reads it. */
export const settled = directive(Settled);
