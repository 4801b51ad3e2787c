// What a tier of the catalogue is called.

/** @type {Record<string, import('../texts/texts.js').TextKey>} */
const NAMES = { fast: 'networks.fast', balanced: 'networks.balanced', best: 'networks.best' };

/** Whoever serves the page may have tiers of their own. @param {string} name @param {import('../texts/texts.js').Texts} texts */
export function tierName(name, { t }) {
  return NAMES[name] ? t(NAMES[name]) : name;
}
