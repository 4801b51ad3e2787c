// Sounds that are computed, so that none has to be loaded, and sounds of a person's own.

/**
 * A built-in sound: a few notes, each a frequency that glides from one value to another.
 *
 * @typedef {{ at: number, from: number, to: number, seconds: number, wave: OscillatorType, loudness: number }} Note
 */

/** @type {Record<string, Note[]>} */
const NOTES = {
  chime: [
    { at: 0, from: 880, to: 880, seconds: 0.5, wave: 'sine', loudness: 0.5 },
    { at: 0.12, from: 1318.5, to: 1318.5, seconds: 0.7, wave: 'sine', loudness: 0.4 },
  ],
  pop: [{ at: 0, from: 420, to: 90, seconds: 0.12, wave: 'sine', loudness: 0.9 }],
  drum: [{ at: 0, from: 150, to: 45, seconds: 0.3, wave: 'triangle', loudness: 1 }],
  whistle: [{ at: 0, from: 900, to: 2000, seconds: 0.35, wave: 'sine', loudness: 0.4 }],
  robot: [
    { at: 0, from: 220, to: 220, seconds: 0.12, wave: 'square', loudness: 0.25 },
    { at: 0.14, from: 330, to: 330, seconds: 0.12, wave: 'square', loudness: 0.25 },
    { at: 0.28, from: 165, to: 165, seconds: 0.18, wave: 'square', loudness: 0.25 },
  ],
  laser: [{ at: 0, from: 1800, to: 120, seconds: 0.3, wave: 'sawtooth', loudness: 0.25 }],
  fanfare: [
    { at: 0, from: 523.25, to: 523.25, seconds: 0.16, wave: 'triangle', loudness: 0.5 },
    { at: 0.15, from: 659.25, to: 659.25, seconds: 0.16, wave: 'triangle', loudness: 0.5 },
    { at: 0.3, from: 783.99, to: 783.99, seconds: 0.5, wave: 'triangle', loudness: 0.5 },
  ],
  buzz: [{ at: 0, from: 110, to: 104, seconds: 0.4, wave: 'sawtooth', loudness: 0.3 }],
};

export const SOUND_NAMES = Object.freeze(Object.keys(NOTES));

/** A sound file longer than this is cut: an answer is followed by the next one. */
const MOST_SECONDS = 10;

/** @param {{ audioContext?: () => AudioContext }} [platform] */
export function createSounds({ audioContext = () => new AudioContext() } = {}) {
  /** @type {AudioContext | null} */
  let context = null;
  /** @type {WeakMap<Blob, AudioBuffer>} */
  const decoded = new WeakMap();

  async function ready() {
    context ??= audioContext();
    // A page that was not pressed yet may not sound; the press that chose the sound has been one.
    if (context.state === 'suspended') {
      await context.resume();
    }
    return context;
  }

  /** @param {AudioContext} audio @param {Note} note */
  function playNote(audio, { at, from, to, seconds, wave, loudness }) {
    const begin = audio.currentTime + at;
    const oscillator = new OscillatorNode(audio, { type: wave, frequency: from });
    const gain = new GainNode(audio, { gain: 0 });
    oscillator.frequency.setValueAtTime(from, begin);
    oscillator.frequency.exponentialRampToValueAtTime(to, begin + seconds);
    gain.gain.setValueAtTime(loudness, begin);
    gain.gain.exponentialRampToValueAtTime(0.001, begin + seconds);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(begin);
    oscillator.stop(begin + seconds);
  }

  return {
    /** Plays a built-in sound. @param {string} name one of SOUND_NAMES */
    async play(name) {
      const notes = NOTES[name];
      if (!notes) {
        return;
      }
      const audio = await ready();
      for (const note of notes) {
        playNote(audio, note);
      }
    },

    /**
     * Plays a person's own sound, the first ten seconds of it.
     *
     * @param {Blob} sound of a kind that the browser can decode; rejects where it cannot
     */
    async playOwn(sound) {
      const audio = await ready();
      let buffer = decoded.get(sound);
      if (!buffer) {
        buffer = await audio.decodeAudioData(await sound.arrayBuffer());
        decoded.set(sound, buffer);
      }
      const source = new AudioBufferSourceNode(audio, { buffer });
      source.connect(audio.destination);
      source.start(0, 0, MOST_SECONDS);
    },
  };
}
