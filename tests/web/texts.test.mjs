// Every language says everything that English says.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DEFAULT_SETTINGS } from '../../web/src/state/settings.js';
import { LANGUAGES, pickLanguage } from '../../web/src/texts/texts.js';

const source = new URL('../../web/src/', import.meta.url);
/** @type {Record<string, Record<string, string | Record<string, string>>>} */
const dictionaries = {};
/** The words of parts of the page that come later, a folder for each. */
const laterParts = readdirSync(new URL('texts/', source), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
assert.ok(laterParts.length > 0);
for (const language of Object.keys(LANGUAGES)) {
  const all = { ...(await import(new URL(`texts/${language}.js`, source).href)).default };
  for (const part of laterParts) {
    const more = (await import(new URL(`texts/${part}/${language}.js`, source).href)).default;
    assert.deepEqual(
      Object.keys(more).filter((key) => key in all),
      [],
      'one text, one place',
    );
    Object.assign(all, more);
  }
  dictionaries[language] = all;
}
const { en, ...others } = dictionaries;

/** @param {string | Record<string, string>} entry */
function slotsOf(entry) {
  const text = typeof entry === 'string' ? entry : Object.values(entry).join(' ');
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();
}

/** The page's modules in some folders or files, as one text. */
function code(places = ['ui', 'state', 'one-file']) {
  return places
    .flatMap((place) =>
      place.endsWith('.js') ? [place] : readdirSync(new URL(place, source)).map((name) => `${place}/${name}`),
    )
    .map((name) => new URL(name, source))
    .map((file) => readFileSync(fileURLToPath(file), 'utf8'))
    .join('\n');
}

for (const [language, dictionary] of Object.entries(others)) {
  test(`${LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (language)]} has the texts of English, no fewer and no more`, () => {
    assert.deepEqual(Object.keys(dictionary).sort(), Object.keys(en).sort());
  });

  test(`${language} fills the same places in every text`, () => {
    for (const [key, entry] of Object.entries(dictionary)) {
      assert.deepEqual(slotsOf(entry), slotsOf(en[key]), key);
    }
  });

  test(`${language} has every plural form that its grammar asks for`, () => {
    // Spanish and French have "many" for millions alone, where "other" will do.
    const forms = new Intl.PluralRules(language)
      .resolvedOptions()
      .pluralCategories.filter((form) => form !== 'many' || language === 'ar');
    for (const [key, entry] of Object.entries(en)) {
      if (typeof entry === 'string') {
        assert.equal(typeof dictionary[key], 'string', key);
      } else {
        assert.deepEqual(Object.keys(dictionary[key]).sort(), forms.sort(), key);
      }
    }
  });
}

test('every text that the page asks for by name is there', () => {
  const asked = [...code().matchAll(/\bt\(\s*'([\w.-]+)'/g)].map(([, key]) => key);
  assert.ok(asked.length > 100);
  assert.deepEqual(
    asked.filter((key) => !(key in en)),
    [],
  );
});

test('no text is left of what the page no longer says', () => {
  const source = code(['ui', 'state', 'kit', 'one-file', 'texts/texts.js']);
  /** Texts that are asked for by a name with a part filled in: what stands before and behind it. */
  const starts = [...source.matchAll(/`([\w.-]+)\$\{[^}]*\}([\w.-]*)`/g)].map(([, start, end]) => ({ start, end }));
  const asked = (/** @type {string} */ key) =>
    source.includes(`'${key}'`) || starts.some(({ start, end }) => key.startsWith(start) && key.endsWith(end));
  // A setting's texts are asked for by the setting's name, so they need a setting.
  const isOfSetting = (/** @type {string} */ key) =>
    source.includes(`'${key}'`) || (key.split('.')[1] ?? '') in DEFAULT_SETTINGS;
  assert.deepEqual(
    Object.keys(en)
      .map((key) => key.replace(/\.plain$/, '')) // the same text in plainer words
      .filter((key) => !asked(key) || (key.startsWith('settings.') && !isOfSetting(key))),
    [],
  );
});

test('no text is empty, and none has been left in English', () => {
  // Words that are the same in both, and names.
  const same =
    /^(numbers\.embed|report\.backbone|backbone\.(title|pixels)|report\.pictures|about\.(pictures|threads))$/;
  for (const [language, dictionary] of Object.entries(others)) {
    for (const [key, entry] of Object.entries(dictionary)) {
      const text = JSON.stringify(entry);
      assert.notEqual(text, '""', `${language} ${key}`);
      const isSentence = typeof entry === 'string' && entry.split(' ').length > 2;
      if (isSentence && !same.test(key)) {
        assert.notEqual(entry, en[key], `${language} ${key}`);
      }
    }
  }
});

test('the first of the languages that a browser wants and the page has is taken', () => {
  assert.equal(pickLanguage(['pt-BR', 'de-AT', 'en']), 'de');
  assert.equal(pickLanguage(['ar-EG']), 'ar');
  assert.equal(pickLanguage(['xx']), 'en');
  assert.equal(pickLanguage([]), 'en');
});

test('parts that come at the same moment keep their words, however long each takes and whatever is chosen meanwhile', async () => {
  const { createTexts } = await import('../../web/src/texts/texts.js');
  Object.assign(globalThis, { document: { documentElement: {} } });
  const texts = await createTexts('en');
  /** As built pages bring them: who asks first waits for the file, who asks again finds it. @param {string} name @param {number} delayMs */
  const part = (name, delayMs) => {
    /** @type {Set<string>} */
    const asked = new Set();
    const bring = async (/** @type {string} */ tongue) => {
      const isFirst = !asked.has(tongue);
      asked.add(tongue);
      await new Promise((resolve) => setTimeout(resolve, isFirst ? delayMs : 0));
      return { default: { [name]: `${name} ${tongue}` } };
    };
    return /** @type {any} */ (
      Object.fromEntries(Object.keys(LANGUAGES).map((tongue) => [tongue, () => bring(tongue)]))
    );
  };
  const t = (/** @type {string} */ key) => texts.t(/** @type {any} */ (key));
  const [slow, quick, late] = [part('slow', 30), part('quick', 5), part('late', 15)];
  await Promise.all([texts.bring(slow), texts.bring(slow), texts.bring(quick)]);
  assert.deepEqual([t('slow'), t('quick')], ['slow en', 'quick en']);
  await Promise.all([texts.choose('de'), texts.bring(late), texts.choose('fr')]);
  assert.equal(texts.language, 'fr');
  assert.deepEqual([t('slow'), t('quick'), t('late')], ['slow fr', 'quick fr', 'late fr']);
});
