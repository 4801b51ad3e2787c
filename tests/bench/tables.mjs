// How the benchmark prints: plain tables, which RESULTS.md takes as they are.

/** @param {number[]} values */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[sorted.length >> 1] };
}

/** @param {number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Two cells, the least and the median. @param {{ min: number, median: number }} timing */
export const milliseconds = ({ min, median }) => [min.toFixed(2), median.toFixed(2)];

/** The two columns of `milliseconds`. @param {string} name */
export const leastAndMedian = (name) => [`${name}, least`, 'median'];

/** @param {number} fraction 0.753 becomes ".753", 1 becomes "1.000" */
export const fraction = (fraction) => fraction.toFixed(3).replace(/^0/, '');

/** What was printed since the last call. @type {string[]} */
let printed = [];
export function takePrinted() {
  const tables = printed;
  printed = [];
  return tables;
}

/**
 * @param {string} title
 * @param {string[]} columns
 * @param {(string | number)[][]} rows
 */
export function printTable(title, columns, rows) {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const table = [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
  printed.push(`${title}\n\n${table}`);
  console.log(`\n${title}\n\n${table}`);
}

/** A line that overwrites itself on a terminal and is left out elsewhere. @param {string} text */
export function progress(text) {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[K${text}`);
  }
}
