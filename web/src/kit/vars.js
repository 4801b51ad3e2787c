/**
 * Sets custom properties from a template without a style attribute, which a strict Content-Security-Policy forbids.
 */

import { Directive, directive } from 'lit/directive.js';
import { noChange } from 'lit/html.js';

class VarsDirective extends Directive {
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
      style.setProperty(name, String(value));
    }
    return noChange;
  }
}

/** `<div ${vars({ '--part': 0.4 })}>` */
export const vars = directive(VarsDirective);
