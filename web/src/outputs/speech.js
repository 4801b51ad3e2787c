// Says words aloud with the device's own voices.

/** Whether this device can speak at all. */
const canSpeak = () => typeof speechSynthesis === 'object' && typeof SpeechSynthesisUtterance === 'function';

/**
 * Speaks, unless it is still speaking: an answer that changes quickly must not queue up minutes of talk.
 *
 * @param {string} words
 * @param {string} language a language tag, by which the voice is chosen
 * @returns whether it began
 */
export function speak(words, language) {
  if (!canSpeak() || !words || speechSynthesis.speaking) {
    return false;
  }
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = language;
  // Only voices on the device: others send the words to a server.
  const voice = speechSynthesis
    .getVoices()
    .find((each) => each.localService && each.lang.toLowerCase().startsWith(language.toLowerCase()));
  if (voice) {
    utterance.voice = voice;
  } else if (speechSynthesis.getVoices().some((each) => !each.localService)) {
    return false;
  }
  speechSynthesis.speak(utterance);
  return true;
}
