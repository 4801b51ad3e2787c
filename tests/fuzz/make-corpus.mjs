// Writes the fuzz targets' corpora anew: `node tests/fuzz/make-corpus.mjs`. The same script gives the same files.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const corpus = join(dirname(fileURLToPath(import.meta.url)), 'corpus');
const bytesPer = { F32: 4, F16: 2, I8: 1 };

function write(target, name, bytes) {
  mkdirSync(join(corpus, target), { recursive: true });
  writeFileSync(join(corpus, target, name), bytes);
}

/** The JSON header of tensors that follow one another: { name: [dtype, shape] }. */
function headerOf(metadata, tensors) {
  const header = { __metadata__: metadata };
  let begin = 0;
  for (const [name, [dtype, shape]] of Object.entries(tensors)) {
    const end = begin + bytesPer[dtype] * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype, shape, data_offsets: [begin, end] };
    begin = end;
  }
  return { text: JSON.stringify(header), dataBytes: begin };
}

/** A whole file; its numbers are small and finite. */
function fileOf(text, dataBytes) {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  const data = Buffer.from(Array.from({ length: dataBytes }, (_, i) => (i % 4 === 3 ? 0x3c : (i * 7) % 64)));
  return Buffer.concat([head, Buffer.from(text), data]);
}

const divisibleBy8 = (channels) => {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
};

/** MobileNetV2's tensors, as core/src/network/mobilenet_v2.cpp has them. */
function backboneTensors(width, dtype) {
  const tensors = {};
  const add = (name, shape, biases) => {
    tensors[`${name}.weight`] = [dtype, shape];
    tensors[`${name}.bias`] = [dtype, [biases]];
  };
  let channels = divisibleBy8(32 * width);
  add('stem', [channels, 3, 3, 3], channels);
  const table = [
    [1, 16, 1],
    [6, 24, 2],
    [6, 32, 3],
    [6, 64, 4],
    [6, 96, 3],
    [6, 160, 3],
    [6, 320, 1],
  ];
  let index = 0;
  for (const [expansion, wanted, repeats] of table) {
    for (let repeat = 0; repeat < repeats; repeat++, index++) {
      const expanded = channels * expansion;
      const output = divisibleBy8(wanted * width);
      if (expansion > 1) {
        add(`blocks.${index}.expand`, [expanded, 1, 1, channels], expanded);
      }
      add(`blocks.${index}.depthwise`, [3, 3, expanded], expanded);
      add(`blocks.${index}.project`, [output, 1, 1, expanded], output);
      channels = output;
    }
  }
  add('last', [1280, 1, 1, channels], 1280);
  return tensors;
}

const backboneMetadata = {
  format: 'backbone/1',
  architecture: 'mobilenet_v2',
  width_multiplier: '0.1',
  input_size: '96',
  input_scale: '1/127.5',
  input_offset: '-1',
  padding: 'tf_same',
  activation: 'relu6',
  block_strides: '1,2,1,2,1,1,2,1,1,1,1,1,1,2,1,1,1',
  embedding_dim: '1280',
  conv_layout: 'OHWI',
  depthwise_layout: 'HWC',
  source: 'a fuzz corpus',
  license: 'Apache-2.0',
};

const headMetadata = {
  format: 'head/1',
  labels: '["rock","p\\u00e4per \\ud83d\\udc4b"]',
  backbone: 'mobilenet_v2_0.35_96',
  backbone_sha256: '0'.repeat(64),
  input_size: '96',
  input_scale: '1/127.5',
  input_offset: '-1',
  seed: '1',
  date: '2026-01-01T00:00:00Z',
};

rmSync(corpus, { recursive: true, force: true });

const small = headerOf(
  { note: 'tab\\t and "quote"' },
  { a: ['F32', [2, 3]], b: ['F16', [5]], c: ['I8', []], d: ['F32', [0, 4]] },
);
write('safetensors', 'whole', fileOf(small.text, small.dataBytes));
write('safetensors', 'truncated', fileOf(small.text, small.dataBytes - 1));
write('safetensors', 'extended', fileOf(small.text, small.dataBytes + 1));
write('safetensors', 'empty-header', fileOf('{}', 0));
write('safetensors', 'padded-header', fileOf('{"__metadata__":{}}     ', 0));
write(
  'safetensors',
  'overlapping',
  fileOf(
    '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
    6,
  ),
);
write(
  'safetensors',
  'overflowing',
  fileOf('{"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}}', 8),
);
write(
  'safetensors',
  'twice',
  fileOf(
    '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
    0,
  ),
);
write('safetensors', 'labels', fileOf('{"__metadata__":{"labels":"[\\"a\\",\\"\\ud83d\\udc4d\\"]"}}', 0));
write('safetensors', 'long-header', Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123]));

const whole = headerOf(backboneMetadata, backboneTensors(0.1, 'F32')).text;
write('backbone', 'whole', whole);
write('backbone', 'next-version', headerOf({ ...backboneMetadata, format: 'backbone/2' }, {}).text);
write(
  'backbone',
  'wider',
  headerOf({ ...backboneMetadata, width_multiplier: '0.35' }, { 'stem.weight': ['F32', [8, 3, 3, 3]] }).text,
);
write(
  'backbone',
  'mixed',
  headerOf(backboneMetadata, { 'stem.weight': ['F32', [8, 3, 3, 3]], 'stem.bias': ['F16', [8]] }).text,
);
write('backbone', 'int8', headerOf(backboneMetadata, { 'stem.weight': ['I8', [8, 3, 3, 3]] }).text);
write('backbone', 'cut', whole.slice(0, 900));

const tensors = { 'head.weight': ['F32', [2, 8]], 'head.bias': ['F32', [2]] };
const head = headerOf(headMetadata, tensors);
write('head', 'whole', fileOf(head.text, head.dataBytes));
const mlp = headerOf(headMetadata, {
  'head.hidden.weight': ['F32', [3, 8]],
  'head.hidden.bias': ['F32', [3]],
  'head.weight': ['F32', [2, 3]],
  'head.bias': ['F32', [2]],
});
write('head', 'hidden-layer', fileOf(mlp.text, mlp.dataBytes));
const three = headerOf({ ...headMetadata, labels: '["a","b","c"]' }, tensors);
write('head', 'three-labels', fileOf(three.text, three.dataBytes));
const next = headerOf({ ...headMetadata, format: 'head/3' }, tensors);
write('head', 'next-version', fileOf(next.text, next.dataBytes));
const half = headerOf(headMetadata, { 'head.weight': ['F16', [2, 8]], 'head.bias': ['F16', [2]] });
write('head', 'half', fileOf(half.text, half.dataBytes));
const biasOnly = headerOf(headMetadata, { 'head.bias': ['F32', [2]] });
write('head', 'no-weight', fileOf(biasOnly.text, biasOnly.dataBytes));
const joined = headerOf({ ...headMetadata, features: '["blocks.14","last"]', second_look: 'mirrored' }, tensors);
write('head', 'joined-maps', fileOf(joined.text, joined.dataBytes));
const rooted = { ...headMetadata, format: 'head/2', features: '["blocks.14","last"]', transform: 'root' };
const roots = headerOf({ ...rooted, map_sizes: '[3,5]' }, tensors);
write('head', 'roots', fileOf(roots.text, roots.dataBytes));
const unsized = headerOf({ ...rooted, map_sizes: '[3,6]' }, tensors);
write('head', 'roots-of-another-size', fileOf(unsized.text, unsized.dataBytes));
const tuned = headerOf(
  { ...headMetadata, border: 'blocks.15' },
  { ...tensors, 'blocks.16.project.bias': ['F32', [3]], 'last.weight': ['F32', [2, 1, 1, 3]] },
);
write('head', 'tuned', fileOf(tuned.text, tuned.dataBytes));
const pairTensors = { ...tensors, 'a.blocks.8.project.bias': ['F32', [3]], 'b.last.bias': ['F32', [2]] };
const tunedPair = { ...headMetadata, border: 'a.blocks.7,b.blocks.13', features: '["a.last","b.last"]' };
const pair = headerOf(tunedPair, pairTensors);
write('head', 'tuned-pair', fileOf(pair.text, pair.dataBytes));
const oneBorder = headerOf({ ...tunedPair, border: 'a.blocks.7' }, pairTensors);
write('head', 'border-of-one-of-a-pair', fileOf(oneBorder.text, oneBorder.dataBytes));
const frozen = headerOf({ ...headMetadata, border: 'blocks.16' }, { ...tensors, 'stem.bias': ['F32', [3]] });
write('head', 'before-the-border', fileOf(frozen.text, frozen.dataBytes));
const cut = headerOf(
  { ...headMetadata, border: 'blocks.5', features: '["cut"]' },
  { ...tensors, 'cut.weight': ['F32', [8, 1, 1, 2]], 'cut.bias': ['F32', [8]] },
);
write('head', 'cut', fileOf(cut.text, cut.dataBytes));
const unknownMap = headerOf({ ...headMetadata, features: '["blocks.17",""]' }, tensors);
write('head', 'unknown-map', fileOf(unknownMap.text, unknownMap.dataBytes));

// Heads whose numbers are not to be believed: finite and too large, not finite, of one class, of a class without a name.
/** @param {string} text @param {number} dataBytes @param {number[]} numbers the first of the data */
function fileWith(text, dataBytes, numbers) {
  const file = fileOf(text, dataBytes);
  for (const [index, number] of numbers.entries()) {
    file.writeFloatLE(number, file.length - dataBytes + 4 * index);
  }
  return file;
}
write('head', 'overflowing', fileWith(head.text, head.dataBytes, [3e38, 3e38, -3e38, 3e38]));
write('head', 'not-a-number', fileWith(head.text, head.dataBytes, [Number.NaN]));
write('head', 'infinite', fileWith(head.text, head.dataBytes, [Number.POSITIVE_INFINITY]));
const oneClass = headerOf(
  { ...headMetadata, labels: '["alone"]' },
  { 'head.weight': ['F32', [1, 8]], 'head.bias': ['F32', [1]] },
);
write('head', 'one-class', fileOf(oneClass.text, oneClass.dataBytes));
for (const [name, labels] of [
  ['blank-label', '["rock",""]'],
  ['spaces-for-a-label', '["rock","  \\t "]'],
  ['twice-the-same-label', '["rock","rock"]'],
  ['hidden-characters', '["rock\\u202e\\u0000","paper"]'],
]) {
  const odd = headerOf({ ...headMetadata, labels }, tensors);
  write('head', name, fileOf(odd.text, odd.dataBytes));
}

// What tells "none of these": two classes of three samples each in three folds, in two dimensions of eight features.
const evidence = {
  ...tensors,
  'known.means': ['F32', [8]],
  'known.scales': ['F32', [8]],
  'known.basis': ['F32', [2, 8]],
  'known.coordinates': ['F32', [6, 2]],
  'known.rests': ['F32', [6]],
  'known.groups': ['F32', [6, 2]],
};
const places = [1, 0, 1.1, 0.2, 0.9, -0.1, -1, 0, -1.2, 0.1, -0.8, -0.2];
const groups = [0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2];
const evidenceNumbers = (coordinates, grouped) => [
  ...[...Array(18).fill(0.5), ...Array(8).fill(0.3), ...Array(8).fill(1)],
  ...[1, ...Array(8).fill(0), 1, ...Array(6).fill(0)],
  ...[...coordinates, ...Array(6).fill(0.1), ...grouped],
];
for (const [name, metadata, coordinates, grouped] of [
  ['judged', { known_map_sizes: '[8]' }, places, groups],
  ['judged-by-maps', { known_map_sizes: '[3,5]', known_features: '["blocks.14","last"]' }, places, groups],
  ['judged-by-other-sizes', { known_map_sizes: '[3,6]' }, places, groups],
  ['judged-without-sizes', {}, places, groups],
  ['judged-beyond-numbers', { known_map_sizes: '[8]' }, places.map((place) => place * 3e38), groups],
  ['judged-in-folds-that-are-not', { known_map_sizes: '[8]' }, places, groups.map((group) => group * 9)],
  ['judged-in-half-a-class', { known_map_sizes: '[8]' }, places, groups.map((group) => group / 2)],
]) {
  const judged = headerOf({ ...headMetadata, ...metadata }, evidence);
  write('head', name, fileWith(judged.text, judged.dataBytes, evidenceNumbers(coordinates, grouped)));
}
const halfJudged = headerOf(headMetadata, { ...tensors, 'known.basis': ['F32', [2, 8]] });
write('head', 'judged-by-a-basis-alone', fileOf(halfJudged.text, halfJudged.dataBytes));

write('json', 'names', '["a","p\\u00e4per \\ud83d\\udc4b","\\"\\\\\\/\\b\\f\\n\\r\\t"]');
write('json', 'empty', '[]');
write('json', 'deep', '['.repeat(4000));
write('json', 'lone-surrogate', '["\\ud83d"]');
write('json', 'numbers', '{"a":[0,18446744073709551615,18446744073709551616]}');
write('json', 'broken-utf8', Buffer.from([0x5b, 0x22, 0xc3, 0x28, 0x22, 0x5d]));
write('json', 'control', Buffer.from([0x5b, 0x22, 0x00, 0x22, 0x5d]));

// Changes to a well-formed file (tests/fuzz/edits.h): which one, then places and what stands there.
const edits = (file, ...places) =>
  Buffer.from([file, ...places.flatMap(([at, value]) => [at % 256, Math.floor(at / 256), value])]);
for (const [target, count] of [
  ['tflite', 2],
  ['joined', 1],
  ['session', 1],
  ['round', 1],
]) {
  write(target, 'nothing', Buffer.alloc(0));
  write(target, 'words', Buffer.from('\0no file at all'));
  for (let file = 1; file <= count; file++) {
    write(target, `whole-${file}`, edits(file));
    for (let at = 0; at < 96; at += 4) {
      write(target, `changed-${file}-${at}`, edits(file, [at, 255], [at + 40, 1]));
    }
  }
}
// Found by libFuzzer: a pixel that becomes a number beyond all others.
write('tflite', 'huge-scale', Buffer.from([6, 0, 1, 0xee, 0x2b, 0x28, 0x7a, 0x7f]));
// Weights of a run that are huge: what comes of them is no number, and the head alone stays.
write('round', 'huge', edits(1, [20003, 0x7e], [30003, 0x7e], [40003, 0x7e], [40007, 0x7e]));
// Weights far from zero, infinite and not a number: exponent bits at the end of the head's file.
for (const [name, low, high] of [
  ['large', 0x7f, 0x7f],
  ['infinite', 0x80, 0x7f],
  ['not-a-number', 0xc0, 0x7f],
]) {
  write('session', name, edits(1, [65534 - (65534 % 4) + 2, low], [65534 - (65534 % 4) + 3, high]));
}
