/**
 * What can go wrong with a camera, in the few kinds that a person can do something about.
 */

/**
 * `denied`: the person, the school or the frame around the page forbids it; `missing`: no (such) camera; `busy`:
 * another program holds it; `unplugged`: it was there and went away; `insecure`: the page came without HTTPS;
 * `unsupported`: the browser has no cameras at all.
 *
 * @typedef {'denied' | 'missing' | 'busy' | 'unplugged' | 'insecure' | 'unsupported' | 'unknown'} CameraFailureReason
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
  return {
    reason: reason ?? REASON_BY_ERROR_NAME[name ?? ''] ?? 'unknown',
    detail: [name, message].filter(Boolean).join(': '),
  };
}
