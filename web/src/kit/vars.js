// Sets custom properties from a template without a style attribute, which a strict Content-Security-Policy forbids.

import { Directive, directive } from 'lit/directive.js';
import { noChange } from 'lit/html.js';

class VarsDirective extends Directive {
  /** @type {Map<string, string>} */
  #set = new Map();

  /** @param {Record<string, string | number>} _values */
  render(_values) {
    return noChange;
  }

  /**
   * @override
   * @param {any} part
   * @param {[Record<string, string | number>]} values
   */
  update(part, [values]) {
    const { style } = /** @type {HTMLElement} */ (part.element);
    for (const [name, value] of Object.entries(values)) {
      // Setting what is set already makes a browser look at the element anew all the same.
      const text = String(value);
      if (this.#set.get(name) !== text) {
        this.#set.set(name, text);
        style.setProperty(name, text);
      }
    }
    return noChange;
  }
}

/** `<div ${vars({ '--part': 0.4 })}>` */
export const vars = directive(VarsDirective);
