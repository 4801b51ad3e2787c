// The names in an archive that does not say how it wrote them: UTF-8 where that is valid, else the code page that makes
// the most plausible words. Windows writes with the code page of its owner's country, and the archive keeps no word of it.

/** Those that TextDecoder lacks: the upper half of each (mappings by Unicode, Inc., VENDORS/MICSFT/PC). @type {Record<string, string>} */
const TABLES = {
  ibm850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\xad±‗¾¶§÷¸°¨·¹³²■\xa0',
  ibm437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0',
  ibm852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\xad˝˛ˇ˘§÷¸°¨˙űŘř■\xa0',
  ibm857:
    'ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ºªÊËÈ\ufffdÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµ\ufffd×ÚÛÙìÿ¯´\xad±\ufffd¾¶§÷¸°¨·¹³²■\xa0',
  ibm737:
    'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀ωάέήϊίόύϋώΆΈΉΊΌΎΏ±≥≤ΪΫ÷≈°∙·√ⁿ²■\xa0',
};

/** In the order in which equal ones are preferred, and the languages whose systems write with them. @type {Record<string, string[]>} */
const CODE_PAGES = {
  ibm850: ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da', 'fi', 'nb'],
  ibm437: [],
  'windows-1252': [],
  shift_jis: ['ja'],
  gbk: ['zh'],
  big5: ['zh-tw', 'zh-hk'],
  'euc-kr': ['ko'],
  ibm866: ['ru', 'uk', 'be', 'bg'],
  ibm857: ['tr'],
  ibm852: ['pl', 'cs', 'sk', 'hu', 'hr', 'sl', 'ro', 'sq', 'bs'],
  ibm737: ['el'],
  'windows-1251': [],
  'windows-1256': ['ar', 'fa'],
};

/**
 * @param {Uint8Array} bytes
 * @param {string} codePage
 */
export function decodeWith(bytes, codePage) {
  const table = TABLES[codePage];
  return table
    ? Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : table[byte - 128])).join('')
    : new TextDecoder(codePage).decode(bytes);
}

/**
 * The code pages that could be meant, the most plausible first; `['utf-8']` alone where all names are valid UTF-8.
 *
 * @param {Uint8Array[]} names
 * @param {readonly string[]} [languages] The person's, which decide between equals.
 * @returns {string[]}
 */
export function codePagesFor(names, languages = globalThis.navigator?.languages ?? []) {
  if (names.every(isUtf8)) {
    return ['utf-8'];
  }
  const distinct = [...new Map(names.map((name) => [name.join(), name])).values()].slice(0, 500);
  const spoken = languages.map((tag) => tag.toLowerCase());
  const scored = Object.entries(CODE_PAGES).map(([codePage, tongues], order) => {
    const isSpoken = tongues.some((tongue) => spoken.some((tag) => tag === tongue || tag.split('-')[0] === tongue));
    const read = distinct.map((name) => decodeWith(name, codePage));
    const words = read.reduce((sum, name) => sum + plausibility(name), 0);
    // Who writes Korean names writes all of them so.
    const isMixed = /\p{Script=Hangul}/u.test(read.join()) && /\p{Script=Han}/u.test(read.join());
    return { codePage, score: words + ((isSpoken ? 0.6 : 0) - (isMixed ? 3 : 0)) * distinct.length, order };
  });
  scored.sort((a, b) => b.score - a.score || a.order - b.order);
  return scored.map(({ codePage }) => codePage);
}

/** @param {Uint8Array} bytes */
function isUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** What a letter beyond ASCII is, and how much it speaks for a name that somebody gave. @type {[RegExp, string, number][]} */
const LETTERS = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}ー]/u, 'kana', 3],
  [/\p{Script=Hangul}/u, 'hangul', 2.1],
  [/\p{Script=Han}/u, 'han', 2],
  [/\p{Script=Cyrillic}/u, 'cyrillic', 1],
  [/\p{Script=Greek}/u, 'greek', 1],
  [/\p{Script=Arabic}/u, 'arabic', 1],
  [/\p{Script=Latin}/u, 'latin', 1],
];

/** @param {string} name */
function plausibility(name) {
  let score = 0;
  let before = { character: '', script: '', isUpper: false, isLetter: false };
  for (const character of name) {
    const [, script, worth] = LETTERS.find(([pattern]) => pattern.test(character)) ?? [null, '', 0];
    const isAscii = character < '\x80';
    const isUpper = script !== '' && character !== character.toLowerCase();
    if (!isAscii) {
      // Half-width katakana, signs, lines for drawing boxes, and what is not defined: nobody writes a name with these.
      score += script === '' || /[\uff61-\uff9fªºƒ]/.test(character) ? -4 : worth;
    }
    // A Greek letter that only ends words.
    score -= before.character === 'ς' && script ? 3 : 0;
    if (script && before.isLetter) {
      const mixes = script !== before.script && !(isEastern(script) && isEastern(before.script));
      score -= mixes ? 3 : 0;
      score -= isUpper && !before.isUpper && !mixes ? 2 : 0;
      // A capital among small letters that follow each other; whole words in capitals are fine.
      score -= !isUpper && before.isUpper && !isAscii && script === 'latin' && before.script === 'latin' ? 0.25 : 0;
    }
    before = { character, script, isUpper, isLetter: script !== '' };
  }
  return score;
}

/** Japanese mixes them in one word. @param {string} script */
const isEastern = (script) => script === 'kana' || script === 'han';
