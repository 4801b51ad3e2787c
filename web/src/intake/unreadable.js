/**
 * Why a file was not taken. Pictures: `heic`, `broken`, `too-large`, `too-narrow`, `unsupported` (a format this browser does not
 * know), `empty`; anything else: `not-a-picture`; a link: `other-site` (it forbids reading) or `offline`; an archive:
 * `zip-…`.
 *
 * @typedef {'heic' | 'broken' | 'not-a-picture' | 'too-large' | 'too-narrow' | 'unsupported' | 'empty' | 'other-site' | 'offline'
 *   | 'zip-broken' | 'zip-encrypted' | 'zip-unsupported' | 'zip-too-large'} UnreadableReason
 */

/** A file that was not taken; the page's texts have a sentence for each reason. */
export class UnreadableError extends Error {
  /**
   * @param {UnreadableReason} reason
   * @param {string} [detail] For the engineer: numbers, or the browser's own words.
   */
  constructor(reason, detail = '') {
    super(detail);
    this.name = 'UnreadableError';
    this.reason = reason;
  }
}
