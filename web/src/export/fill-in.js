/**
 * @param {string} text a program in JavaScript or Python
 * @param {{ labels: string[], size: number }} values
 */
export function fillIn(text, { labels, size }) {
  // A list of texts in JSON is one in both languages; only lone surrogates would not be, and JSON escapes them.
  const values = { size: String(size), labels: JSON.stringify(labels) };
  return text.replace(
    /^(.*?= )(?:\[.*\]|\d+)(;?) +(?:#|\/\/) headstart:(size|labels)$/gm,
    (_, start, end, name) => `${start}${values[/** @type {'size' | 'labels'} */ (name)]}${end}`,
  );
}
