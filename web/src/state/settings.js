// What a person chose and wants again next time; kept in the browser, read with suspicion.

import { LANGUAGES } from '../texts/texts.js';

/** @typedef {import('./types.js').Settings} Settings */
/** @typedef {ReturnType<typeof createSettings>} SettingsState */

const STORAGE_KEY = 'headstart.settings';

/** @type {Readonly<Settings>} */
export const DEFAULT_SETTINGS = Object.freeze({
  theme: 'auto',
  depth: 'plain',
  language: 'auto',
  mirror: true,
  picturesPerSecond: 8,
  burstCount: 20,
  countdownSeconds: 3,
  trainsByItself: true,
  measuresByItself: true,
  head: 'discriminant',
  l2: null,
  mirrorViews: 'measured',
  secondLook: 'asked',
  seed: 1,
  folds: 5,
  threshold: 0.6,
  knownThreshold: 0.5,
  steadyMs: 150,
  showsNumbers: false,
  singleKeys: true,
  backbone: 'built-in',
  picksNetwork: true,
  inBytes: '',
});

/** The settings that shape a trained head: changing one of them asks for a new training. */
export const TRAINING_SETTINGS = /** @type {const} */ (['head', 'l2', 'mirrorViews', 'secondLook', 'seed', 'folds']);

/** @type {Partial<Record<keyof Settings, [number, number]>>} */
const LIMITS = {
  picturesPerSecond: [1, 20],
  burstCount: [1, 200],
  countdownSeconds: [0, 10],
  seed: [0, Number.MAX_SAFE_INTEGER],
  folds: [2, 20],
  threshold: [0, 0.99],
  knownThreshold: [0, 0.95],
  steadyMs: [0, 2000],
};

/** @type {Partial<Record<keyof Settings, readonly string[]>>} */
const CHOICES = {
  theme: ['auto', 'light', 'dark'],
  depth: ['plain', 'engineer'],
  head: ['discriminant', 'logistic', 'nearest-mean', 'mlp'],
  mirrorViews: ['measured', 'yes', 'no'],
  secondLook: ['asked', 'no'],
};

/**
 * @template {keyof Settings} K
 * @param {K} name
 * @param {unknown} value
 * @returns {value is Settings[K]}
 */
export function isAllowed(name, value) {
  if (name === 'l2') {
    return value === null || (typeof value === 'number' && value > 0 && value <= 1e6);
  }
  if (typeof value !== typeof DEFAULT_SETTINGS[name]) {
    return false;
  }
  const limits = LIMITS[name];
  const choices = CHOICES[name];
  if (limits && typeof value === 'number') {
    return value >= limits[0] && value <= limits[1];
  }
  return !choices || choices.includes(String(value));
}

/** @returns {Settings} */
export function readSettings() {
  /** @type {Record<string, unknown>} */
  const settings = { ...DEFAULT_SETTINGS };
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    for (const name of /** @type {(keyof Settings)[]} */ (Object.keys(DEFAULT_SETTINGS))) {
      if (isAllowed(name, stored?.[name])) {
        settings[name] = stored[name];
      }
    }
  } catch {
    // Closed storage or foreign contents: the defaults are as good as ever.
  }
  return /** @type {Settings} */ (/** @type {unknown} */ (settings));
}

/** @param {Settings} settings */
function writeSettings(settings) {
  const chosen = Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => DEFAULT_SETTINGS[/** @type {keyof Settings} */ (name)] !== value,
    ),
  );
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(chosen));
  } catch {
    // They hold for this visit, then.
  }
}

/** @param {import('./types.js').Context} context */
export function createSettings({ state, changed, texts, notices }) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const onPaper = matchMedia('print');

  function applyTheme() {
    const { theme } = state.settings;
    const isDark = !onPaper.matches && (theme === 'dark' || (theme === 'auto' && dark.matches));
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    const bar = document.querySelector('meta[name="theme-color"]');
    bar?.setAttribute('content', isDark ? '#0d1216' : '#f1f4f6');
  }
  dark.addEventListener('change', applyTheme);
  onPaper.addEventListener('change', applyTheme);
  applyTheme();

  /** The same panels say less, in plainer words. */
  function applyDepth() {
    const { depth } = state.settings;
    document.documentElement.dataset.depth = depth;
    texts.speakPlainly(depth === 'plain');
  }
  applyDepth();

  /** @param {string} wanted */
  async function chooseLanguage(wanted) {
    const isThere = await texts.choose(wanted);
    changed('language-changed', 'settings-changed');
    if (!isThere) {
      const language = LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (wanted)] ?? wanted;
      notices.fail(Object.assign(new Error(texts.t('language.unreachable', { language })), { code: 'unavailable' }), {
        actionText: texts.t('again'),
        action: () => void chooseLanguage(wanted),
      });
    }
  }

  return {
    defaults: DEFAULT_SETTINGS,

    /**
     * @template {keyof Settings} K
     * @param {K} name
     * @param {Settings[K]} value
     */
    set(name, value) {
      if (!isAllowed(name, value) || state.settings[name] === value) {
        return;
      }
      state.settings[name] = value;
      writeSettings(state.settings);
      if (name === 'theme') {
        applyTheme();
      }
      if (name === 'depth') {
        applyDepth();
        changed('language-changed'); // other words for the same things
      }
      if (name === 'language') {
        void chooseLanguage(String(value));
      }
      changed('settings-changed', `${name}-chosen`);
      if (TRAINING_SETTINGS.some((setting) => setting === name)) {
        changed('training-settings-changed');
      }
    },

    toggleDepth() {
      this.set('depth', state.settings.depth === 'plain' ? 'engineer' : 'plain');
    },

    /** Back to the defaults of how a head is trained. */
    resetTraining() {
      for (const name of TRAINING_SETTINGS) {
        this.set(name, DEFAULT_SETTINGS[name]);
      }
      for (const name of /** @type {const} */ (['trainsByItself', 'measuresByItself'])) {
        this.set(name, DEFAULT_SETTINGS[name]);
      }
      changed('training-reset');
    },

    /** Back to the defaults of how pictures are taken and answers shown. */
    resetLive() {
      for (const name of /** @type {const} */ (['threshold', 'knownThreshold', 'steadyMs'])) {
        this.set(name, DEFAULT_SETTINGS[name]);
      }
    },
  };
}
