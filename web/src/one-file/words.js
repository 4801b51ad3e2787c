// The file's few words in every language: whoever gets it may speak another one than who made it.

import ar from '../texts/one-file/ar.js';
import de from '../texts/one-file/de.js';
import en from '../texts/one-file/en.js';
import es from '../texts/one-file/es.js';
import fr from '../texts/one-file/fr.js';
import ja from '../texts/one-file/ja.js';
import tr from '../texts/one-file/tr.js';
import { pickLanguage } from '../texts/pick-language.js';

const DICTIONARIES = { ar, de, en, es, fr, ja, tr };

export function words() {
  const language = pickLanguage(navigator.languages);
  document.documentElement.lang = language;
  document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
  const format = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  return {
    /** @param {keyof typeof en} key */
    t: (key) => DICTIONARIES[language][key],
    /** @param {number} part 0 to 1 */
    percent: (part) => format.format(part),
  };
}
