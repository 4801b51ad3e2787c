// The table of functions, written short.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortenElements } from '../../wasm/toolchain/elements.mjs';

const FUNCREF = 0x70;
const HOLE = [0xd0, FUNCREF, 0x0b];
const TABLE_SIZE = 300;

/** @param {number} id @param {number[]} content of less than 128 bytes */
const section = (id, ...content) => [id, content.length, ...content];

/** A module of three functions that give 10, 11 and 12, an exported table, and these segments. @param {number[]} elements */
function moduleWith(elements) {
  const bodies = [10, 11, 12].flatMap((value) => [4, 0, 0x41, value, 0x0b]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 0, 1, 0x7f),
    ...section(3, 3, 0, 0, 0),
    ...section(4, 1, FUNCREF, 0, (TABLE_SIZE & 0x7f) | 0x80, TABLE_SIZE >> 7),
    ...section(7, 1, 1, 't'.charCodeAt(0), 1, 0),
    ...section(9, ...elements),
    ...section(10, 3, ...bodies),
  ]);
}

/** What each filled place of the table gives. @param {Uint8Array} bytes @returns {Record<number, number>} */
function tableOf(bytes) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(bytes)));
  const table = /** @type {WebAssembly.Table} */ (exports.t);
  const places = Array.from({ length: TABLE_SIZE }, (_, at) => at).filter((at) => table.get(at));
  return Object.fromEntries(places.map((at) => [at, table.get(at)()]));
}

/** One segment of expressions from place 130 on. @param {(number | null)[]} functions null: a hole */
const expressions = (functions) => [
  ...[1, 4, 0x41, 0x82, 0x01, 0x0b, functions.length],
  ...functions.flatMap((index) => (index === null ? HOLE : [0xd2, index, 0x0b])),
];

test('a segment with holes becomes segments of indices around them, and fills the table alike', () => {
  const long = moduleWith(expressions([null, 0, 1, null, null, 2, null]));
  const short = shortenElements(long);
  assert.deepEqual(tableOf(long), { 131: 10, 132: 11, 135: 12 });
  assert.deepEqual(tableOf(short), tableOf(long));
  assert.ok(short.length < long.length, `${short.length} bytes of ${long.length}`);
  const elements = [2, ...[0, 0x41, 0x83, 1, 0x0b, 2, 0, 1], ...[0, 0x41, 0x87, 1, 0x0b, 1, 2]];
  assert.deepEqual([...short], [...moduleWith(elements)]);
});

test('places around the bounds of short numbers are kept', () => {
  for (const before of [62, 63, 64, 126, 127, 128]) {
    const functions = [...Array.from({ length: before }, (_, at) => at % 3), null, 2];
    const entries = functions.flatMap((index) => (index === null ? HOLE : [0xd2, index, 0x0b]));
    const length = [(functions.length & 0x7f) | 0x80, functions.length >> 7];
    const content = [1, 4, 0x41, 0, 0x0b, ...length, ...entries];
    const empty = moduleWith([0]);
    const at = empty.indexOf(9, 35);
    const size = [(content.length & 0x7f) | 0x80, content.length >> 7];
    const long = Uint8Array.from([...empty.subarray(0, at), 9, ...size, ...content, ...empty.subarray(at + 3)]);
    assert.equal(Object.keys(tableOf(long)).length, before + 1);
    assert.deepEqual(tableOf(shortenElements(long)), tableOf(long));
  }
});

test('segments of indices, and modules without a table, stay as they are', () => {
  const indices = moduleWith([1, 0, 0x41, 5, 0x0b, 2, 0, 1]);
  assert.deepEqual([...shortenElements(indices)], [...indices]);
  const empty = Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  assert.deepEqual([...shortenElements(empty)], [...empty]);
});

test('what the table is not expected to be filled with is refused, rather than written wrong', () => {
  assert.throws(() => shortenElements(moduleWith([1, 0, 0x23, 0, 0x0b, 1, 0])), /expected 0x41/);
  assert.throws(() => shortenElements(moduleWith([1, 1, 0, 1, 0])), /expected 0x0 or 0x4/);
  assert.throws(() => shortenElements(moduleWith([...expressions([0]), 7])), /expected the section to end/);
  assert.throws(() => shortenElements(moduleWith([1, 0, 0x41, 5, 0x0b, 9, 0, 1])), /expected more bytes/);
});
