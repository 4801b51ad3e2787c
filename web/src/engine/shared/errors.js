// The one kind of error that leaves this library, and every way into it.

/** @typedef {import('../headstart.d.ts').ErrorCode} ErrorCode */

export class HeadstartError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = /** @type {const} */ ('HeadstartError');
    this.code = code;
  }
}

/**
 * The only place where a status from C++ becomes an error.
 * @template T
 * @param {{ code: string, message: string, value?: T }} outcome
 * @returns {T}
 */
export function unwrap(outcome) {
  if (outcome.code !== '') {
    throw new HeadstartError(/** @type {ErrorCode} */ (outcome.code), outcome.message);
  }
  return /** @type {T} */ (outcome.value);
}

/**
 * Whatever was thrown, as a HeadstartError.
 * @param {unknown} cause
 * @returns {HeadstartError}
 */
export function toHeadstartError(cause) {
  if (cause instanceof HeadstartError) {
    return cause;
  }
  const text = cause instanceof Error ? cause.message : String(cause);
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'AbortError') {
    return new HeadstartError('cancelled', 'stopped on request');
  }
  if (name === 'SecurityError') {
    return new HeadstartError('unsupported', `the browser forbids it here: ${text}`);
  }
  if (isOutOfMemory(cause, text)) {
    return new HeadstartError('out-of-memory', `there is not enough memory left (${text})`);
  }
  const error = new HeadstartError('internal', text);
  error.cause = cause;
  return error;
}

/** Its pixels may be shown, not read: of a tainted canvas or image. */
export function foreignPicture() {
  return new HeadstartError(
    'bad-argument',
    'the picture comes from another site that does not allow its pixels to be read',
  );
}

/**
 * C++ is built without exceptions: an allocation that fails inside the standard library ends in a bare abort().
 * @param {unknown} cause
 * @param {string} text
 */
function isOutOfMemory(cause, text) {
  if (cause instanceof WebAssembly.RuntimeError) {
    return /OOM|out of memory|native code called abort|memory\.grow/i.test(text);
  }
  return cause instanceof RangeError && /memory|allocation|buffer/i.test(text);
}

/** With the reason, where it is one of ours. @param {AbortSignal | undefined} signal */
export function throwIfAborted(signal) {
  if (!signal?.aborted) {
    return;
  }
  throw signal.reason instanceof HeadstartError ? signal.reason : new HeadstartError('cancelled', 'stopped on request');
}

/**
 * An error as a message between threads: structured clone would drop `code`.
 * @param {unknown} cause
 * @param {boolean} fatal
 */
export function errorToWire(cause, fatal) {
  const { code, message } = toHeadstartError(cause);
  return { code, message, fatal };
}

/**
 * @param {unknown} condition
 * @param {string} message
 * @returns {asserts condition}
 */
export function requireArgument(condition, message) {
  if (!condition) {
    throw new HeadstartError('bad-argument', message);
  }
}

/** What came, in an error's message: whatever it is, this does not fail. @param {unknown} value @returns {string} */
export function show(value) {
  if (typeof value === 'string') {
    return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`;
  }
  if (typeof value === 'function') {
    return 'a function';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (typeof value === 'object' && value !== null) {
    return 'an object';
  }
  return String(value);
}
