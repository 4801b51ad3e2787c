/**
 * Why something is not on disk, in one word:
 *
 * `full`: there is no room; `taken`: another page writes to this project now; `newer`: a newer version of this page wrote
 * it; `closed`: the browser keeps nothing here; `failed`: anything else, worth another try.
 *
 * @typedef {'full' | 'taken' | 'newer' | 'closed' | 'failed'} StorageCode
 */

export class StorageError extends Error {
  /** @param {StorageCode} reason @param {string} message */
  constructor(reason, message) {
    super(message);
    this.name = 'StorageError';
    this.reason = reason;
    /** As the page's words know it. */
    this.code = `storage-${reason}`;
  }
}

/** Whatever was thrown, as a StorageError. @param {any} cause */
export function toStorageError(cause) {
  if (cause instanceof StorageError) {
    return cause;
  }
  const isFull = cause?.name === 'QuotaExceededError' || cause?.cause?.name === 'QuotaExceededError';
  return new StorageError(isFull ? 'full' : 'failed', String(cause?.message ?? cause));
}
