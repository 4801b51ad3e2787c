// Records a short sound for a class.

/** Long enough for a sentence. */
const MOST_RECORDED_MS = 5000;

/**
 * Starts recording at once; rejects where the microphone cannot be had.
 *
 * @returns {Promise<{ stop: () => void, sound: Promise<Blob> }>} `sound` comes when it was stopped, or after five seconds
 */
export async function recordSound() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const stop = () => {
    if (recorder.state !== 'inactive') {
      recorder.stop();
    }
  };
  const timer = setTimeout(stop, MOST_RECORDED_MS);
  /** @type {Promise<Blob>} */
  const sound = new Promise((resolve, reject) => {
    recorder.addEventListener('stop', () => resolve(new Blob(parts, { type: recorder.mimeType })));
    recorder.addEventListener('error', () => reject(new Error('the microphone stopped')));
  });
  recorder.start();
  void sound
    .catch(() => {})
    .finally(() => {
      clearTimeout(timer);
      for (const track of stream.getTracks()) {
        track.stop();
      }
    });
  return { stop, sound };
}
