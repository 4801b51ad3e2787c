// The page's words in the person's language: texts, plurals, numbers.
//
// English comes with the page; another language is one file, loaded when it is chosen.

import en from './en.js';
import { LANGUAGES, pickLanguage } from './pick-language.js';

export { LANGUAGES, pickLanguage };

/** @typedef {keyof typeof en | keyof typeof import('./network/en.js').default | keyof typeof import('./outputs/en.js').default | keyof typeof import('./help/en.js').default | keyof typeof import('./exam/en.js').default | keyof typeof import('./projects/en.js').default | keyof typeof import('./files/en.js').default | keyof typeof import('./export/en.js').default | keyof typeof import('./seeing/en.js').default | keyof typeof import('./better/en.js').default | keyof typeof import('./history/en.js').default | keyof typeof import('./settings/en.js').default | keyof typeof import('./networks/en.js').default | keyof typeof import('./map/en.js').default | keyof typeof import('./layers/en.js').default | keyof typeof import('./game/en.js').default} TextKey */
/** @typedef {Awaited<ReturnType<typeof createTexts>>} Texts */

/** @typedef {import('./pick-language.js').Language} Language */
/** @typedef {Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>} Dictionary */

/** The words of a part of the page that comes later, in every language. @typedef {Record<Language, () => Promise<{ default: Dictionary }>>} Loaders */

/** @type {Omit<Loaders, 'en'>} */
const LOADERS = {
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
  tr: () => import('./tr.js'),
  ja: () => import('./ja.js'),
  ar: () => import('./ar.js'),
};

const LEFT_TO_RIGHT = /[A-Za-z\u00c0-\u058f\u3040-\ud7ff]/;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufefc]/;

/** @param {string} chosen A language, or 'auto' for the browser's. */
export async function createTexts(chosen) {
  /** @type {Dictionary} */
  let dictionary = en;
  /** @type {Language} */
  let language = 'en';
  let plural = new Intl.PluralRules('en');
  /** Whether a text's plainer words are taken where it has some: those of `key.plain`. */
  let isPlain = false;
  /** @type {Map<string, Intl.NumberFormat>} */
  const formats = new Map();

  /** What parts that came later bring along, and when it is there. @type {Map<Loaders, Promise<void>>} */
  const brought = new Map();
  /** Of two languages chosen one after the other the later one counts, whichever comes first. */
  let choosing = 0;

  /** All words of a language, as far as they are wanted by now. @param {Language} tongue */
  async function load(tongue) {
    const own = tongue === 'en' ? en : (await LOADERS[tongue]()).default;
    /** @type {Dictionary[]} */
    let more = [];
    while (more.length < brought.size) {
      more = await Promise.all([...brought.keys()].map(async (loaders) => (await loaders[tongue]()).default));
    }
    return /** @type {Dictionary} */ (Object.assign({}, own, ...more));
  }

  /** Several parts come at once, and none may cost another its words. @param {Loaders} loaders */
  async function add(loaders) {
    for (;;) {
      const tongue = language;
      const words = (await loaders[tongue]()).default;
      if (tongue === language) {
        dictionary = { ...dictionary, ...words };
        return;
      }
    }
  }

  /**
   * @param {string} wanted
   * @returns {Promise<boolean>} false where its words could not be fetched: the present language stays.
   */
  async function choose(wanted) {
    const next = pickLanguage(wanted === 'auto' ? navigator.languages : [wanted]);
    choosing += 1;
    const mine = choosing;
    try {
      const words = await load(next);
      if (mine !== choosing) {
        return true;
      }
      dictionary = words;
      language = next;
    } catch {
      return mine !== choosing;
    }
    plural = new Intl.PluralRules(language);
    formats.clear();
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
    return true;
  }

  /**
   * @param {number} value
   * @param {Intl.NumberFormatOptions} [options]
   */
  function number(value, options = {}) {
    const key = JSON.stringify(options);
    let format = formats.get(key);
    if (!format) {
      format = new Intl.NumberFormat(language, options);
      formats.set(key, format);
    }
    return format.format(value);
  }

  /**
   * @param {TextKey} key
   * @param {Record<string, string | number>} [values] `count` chooses the plural.
   */
  function t(key, values = {}) {
    const entry = (isPlain ? dictionary[`${key}.plain`] : undefined) ?? dictionary[key];
    const text =
      typeof entry === 'string' ? entry : (entry?.[plural.select(Number(values.count ?? 0))] ?? entry?.other ?? key);
    return text.replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name] ?? '';
      const text = typeof value === 'number' ? number(value) : value;
      // A name in the other direction would take the number beside it along (Unicode, Standard Annex 9).
      return (language === 'ar' ? LEFT_TO_RIGHT : RIGHT_TO_LEFT).test(text) ? `\u2068${text}\u2069` : text;
    });
  }

  await choose(chosen);
  return {
    t,
    number,
    choose,
    /** @param {boolean} wanted */
    speakPlainly(wanted) {
      isPlain = wanted;
    },
    /** @param {string} key */
    has: (key) => key in dictionary,
    /** Brings all languages now, so that no change of it needs the network later. */
    async fetchAll() {
      const tongues = /** @type {Language[]} */ (Object.keys(LANGUAGES));
      await Promise.allSettled(tongues.map((tongue) => load(tongue)));
    },
    /** Words of a part of the page that came later. @param {Loaders} loaders */
    async bring(loaders) {
      let coming = brought.get(loaders);
      if (!coming) {
        coming = add(loaders);
        brought.set(loaders, coming);
        coming.catch(() => brought.delete(loaders));
      }
      await coming;
    },
    get language() {
      return language;
    },
    /** @param {number} part 0 to 1. @param {number} [digits] */
    percent: (part, digits = 0) =>
      number(part, {
        style: 'percent',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
    /** @param {number} bytes */
    bytes(bytes) {
      const [size, unit] = bytes < 1e6 ? [1e3, 'kilobyte'] : bytes < 1e9 ? [1e6, 'megabyte'] : [1e9, 'gigabyte'];
      return number(bytes / size, { style: 'unit', unit, maximumFractionDigits: bytes < 1e6 ? 0 : 1 });
    },
    /** @param {number} value @param {number} [digits] */
    ms: (value, digits = 1) => number(value, { style: 'unit', unit: 'millisecond', maximumFractionDigits: digits }),
    /** A time that was estimated: no more exact than it is known. @param {number} ms */
    duration(ms) {
      const seconds = ms / 1000;
      const isLong = seconds >= 90;
      return number(isLong ? seconds / 60 : seconds, {
        style: 'unit',
        unit: isLong ? 'minute' : 'second',
        unitDisplay: 'short',
        ...(seconds < 1 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 0 }),
      });
    },
    /** @param {number} value */
    seconds: (value) => number(value, { style: 'unit', unit: 'second', unitDisplay: 'long', maximumFractionDigits: 0 }),
  };
}
