// Which of the languages that there are somebody gets.

/** @typedef {keyof typeof LANGUAGES} Language */

/** Each in its own words, so that everybody finds theirs. */
export const LANGUAGES = /** @type {const} */ ({
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  tr: 'Türkçe',
  ja: '日本語',
  ar: 'العربية',
});

/**
 * The first of the person's languages that there is, else English.
 *
 * @param {readonly string[]} wanted
 * @returns {Language}
 */
export function pickLanguage(wanted) {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    if (base && base in LANGUAGES) {
      return /** @type {Language} */ (base);
    }
  }
  return 'en';
}
