// What can go wrong with a camera, in the few kinds that a person can do something about.

/**
 * `denied`: the person or the school forbids it; `framed`: the page around this one does; `missing`: no (such) camera; `busy`:
 * another program holds it; `unplugged`: it was there and went away; `insecure`: the page came without HTTPS;
 * `unsupported`: the browser has no cameras at all.
 *
 * @typedef {'denied' | 'framed' | 'missing' | 'busy' | 'unplugged' | 'insecure' | 'unsupported' | 'unknown'} CameraFailureReason
 */
/**
 * @typedef {object} CameraFailure
 * @property {CameraFailureReason} reason
 * @property {string} detail The browser's own words, for the engineer.
 */

/**
 * The names are those of the Media Capture specification, beside older ones that browsers still throw.
 *
 * @type {Record<string, CameraFailureReason>}
 */
const REASON_BY_ERROR_NAME = {
  NotAllowedError: 'denied',
  PermissionDeniedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  DevicesNotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
  TypeError: 'unsupported',
};

/**
 * @param {unknown} error
 * @returns {CameraFailure}
 */
export function failureOf(error) {
  const { name, message, reason } = /** @type {{ name?: string, message?: string, reason?: CameraFailureReason }} */ (
    error ?? {}
  );
  const known = reason ?? REASON_BY_ERROR_NAME[name ?? ''] ?? 'unknown';
  return {
    reason: known === 'denied' && isKeptByFrame() ? 'framed' : known,
    detail: [name, message].filter(Boolean).join(': '),
  };
}

/** Whether the page around this one keeps the camera to itself. Not every browser tells; then nobody is told anything wrong. */
function isKeptByFrame() {
  const { featurePolicy } = /** @type {{ featurePolicy?: { allowsFeature(name: string): boolean } }} */ (document);
  return globalThis.top !== globalThis.self && featurePolicy?.allowsFeature('camera') === false;
}
