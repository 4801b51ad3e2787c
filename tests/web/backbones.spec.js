import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { layersOf, sizeOf } from '../../web/tools/backbones/mobilenet-v2.mjs';
import { convert, fileNameOf, metadataOf, originals, provideBackbone } from '../../web/tools/backbones/provide.mjs';
import { encodeSafetensors } from '../../web/tools/backbones/safetensors.mjs';
import { createRandom } from '../pictures/rasteriser.mjs';
import { bytes, flatbuffer, int8, int32, numbers, table, vector } from './support/flatbuffer.mjs';
import { sharedFolder } from './support/pictures.mjs';

const published = join(sharedFolder, 'backbones');
const [npyOriginal, kerasOriginal, tfliteOriginal] = originals;

/** @param {number} length */
function randomValues(length, random = createRandom(length)) {
  return Float32Array.from({ length }, () => random() - 0.5);
}

/** A float32 array as NumPy's file. @param {Float32Array} values @param {number[]} shape */
function npyOf(values, shape) {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = `${dict.padEnd(Math.ceil((dict.length + 11) / 16) * 16 - 11)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\0..${header}`, 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}

/** Every tensor of a backbone file of float32 numbers. @param {string} path */
function readTensors(path) {
  const file = readFileSync(path);
  const dataAt = 8 + Number(file.readBigUInt64LE());
  const { __metadata__, ...entries } = JSON.parse(file.subarray(8, dataAt).toString());
  return Object.entries(entries).map(
    ([
      name,
      {
        shape,
        data_offsets: [from, to],
      },
    ]) => ({
      name,
      shape,
      values: new Float32Array(file.buffer.slice(file.byteOffset + dataAt + from, file.byteOffset + dataAt + to)),
    }),
  );
}

/** Numbers in the shapes of a network's layers, where the published ones are not at hand. @param {number} width */
function madeUpTensors(width) {
  return layersOf(width).flatMap(({ name, isDepthwise, shape }) => [
    { name: `${name}.weight`, shape, values: randomValues(sizeOf(shape)) },
    {
      name: `${name}.bias`,
      shape: [isDepthwise ? shape[2] : shape[0]],
      values: randomValues(isDepthwise ? shape[2] : shape[0]),
    },
  ]);
}

test('arrays of NumPy come out with every number in its place, published ones byte for byte as the reference', () => {
  const reference = (precision) => readFileSync(join(published, fileNameOf(npyOriginal.name, precision)));
  const isPublished = existsSync(published);
  const tensors = isPublished
    ? readTensors(join(published, fileNameOf(npyOriginal.name, 'f32')))
    : madeUpTensors(Number(npyOriginal.widthMultiplier));
  const files = new Map(tensors.map(({ name, shape, values }) => [name, npyOf(values, shape)]));
  const converted = convert(npyOriginal, files);
  const metadata = metadataOf(npyOriginal);
  expect(converted.map(({ name }) => name).sort()).toEqual(tensors.map(({ name }) => name).sort());
  for (const { name, values } of tensors) {
    expect(
      Buffer.from(converted.find((each) => each.name === name).values.buffer).equals(Buffer.from(values.buffer)),
    ).toBe(true);
  }
  if (!isPublished) {
    return;
  }
  expect(encodeSafetensors(metadata, converted, 'F32').equals(reference('f32'))).toBe(true);
  expect(encodeSafetensors(metadata, converted, 'F16').equals(reference('f16'))).toBe(true);
});

test('the layers of all three widths are those of the published files', () => {
  for (const original of originals.filter(({ format }) => format === 'npy')) {
    const names = layersOf(Number(original.widthMultiplier)).flatMap(({ name }) => [`${name}.weight`, `${name}.bias`]);
    expect(original.files.map(({ tensor }) => tensor)).toEqual(names);
  }
});

test('batch norm folds into a Keras model’s convolutions', () => {
  const random = createRandom(7);
  const weights = [];
  const add = (name, shape, values) => weights.push({ name, shape, dtype: 'float32', values });
  const expected = new Map();
  for (const { name, isDepthwise, shape } of layersOf(0.35)) {
    const [, block, part] = name.split('.');
    const prefix = block === '0' ? 'expanded_conv' : `block_${block}`;
    const layer = { stem: 'Conv1', last: 'Conv_1' }[name] ?? `${prefix}_${part}`;
    const norm = { stem: 'bn_Conv1', last: 'Conv_1_bn' }[name] ?? `${prefix}_${part}_BN`;
    const channels = isDepthwise ? shape[2] : shape[0];
    const spatial = isDepthwise ? shape.slice(0, 2) : shape.slice(1, 3);
    const inputs = isDepthwise ? 1 : shape[3];
    const kernel = randomValues(sizeOf(shape), random);
    const [gamma, beta, mean] = [0, 1, 2].map(() => randomValues(channels, random));
    const variance = randomValues(channels, random).map((value) => value + 1);
    const kernelName = isDepthwise ? 'depthwise_kernel' : 'kernel';
    const kernelShape = isDepthwise ? [...spatial, channels, 1] : [...spatial, inputs, channels];
    add(`${layer}/${kernelName}`, kernelShape, kernel);
    add(`${norm}/gamma`, [channels], gamma);
    add(`${norm}/beta`, [channels], beta);
    add(`${norm}/moving_mean`, [channels], mean);
    add(`${norm}/moving_variance`, [channels], variance);
    // One convolution and its batch norm, both ways, at one place of the picture.
    const [channel, input, at] = [channels - 1, inputs - 1, sizeOf(spatial) - 1];
    const scale = gamma[channel] / Math.sqrt(variance[channel] + 0.001);
    const theirs = isDepthwise ? at * channels + channel : (at * inputs + input) * channels + channel;
    const ours = isDepthwise ? theirs : (channel * sizeOf(spatial) + at) * inputs + input;
    expected.set(`${name}.weight`, [ours, kernel[theirs] * scale]);
    expected.set(`${name}.bias`, [channel, beta[channel] - mean[channel] * scale]);
  }
  const manifest = weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const zip = zipSync({
    'model.json': Buffer.from(JSON.stringify({ weightsManifest: [{ weights: manifest }] })),
    'weights.bin': Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer))),
  });
  const tensors = convert(kerasOriginal, new Map([['*', zip]]));
  expect(tensors).toHaveLength(expected.size);
  for (const { name, values } of tensors) {
    const [index, value] = expected.get(name);
    expect(values[index]).toBe(Math.fround(value));
  }
});

test('whole numbers of a TensorFlow Lite model become real ones, channel by channel', () => {
  const random = createRandom(11);
  const [tensors, buffers, operators] = [[], [vector([])], []];
  buffers[0] = table({ 0: bytes(Buffer.alloc(0)) });
  const addTensor = (shape, type, content, scales, dimension) => {
    buffers.push(table({ 0: bytes(content) }));
    const quantisation = table({
      2: numbers(scales),
      3: numbers(new BigInt64Array(scales.length)),
      6: int32(dimension),
    });
    tensors.push(
      table({
        0: numbers(Int32Array.from(shape)),
        1: int8(type),
        2: int32(buffers.length - 1),
        ...(scales.length > 0 ? { 4: quantisation } : {}),
      }),
    );
    return tensors.length - 1;
  };
  const expected = new Map();
  for (const { name, isDepthwise, shape } of layersOf(0.35)) {
    const channels = isDepthwise ? shape[2] : shape[0];
    const stored = Int8Array.from({ length: sizeOf(shape) }, () => 254 * random() - 127);
    const scales = Float32Array.from({ length: channels }, () => 0.01 * random());
    const bias = randomValues(channels, random);
    const [modelShape, dimension] = isDepthwise ? [[1, ...shape], 3] : [shape, 0];
    const weight = addTensor(modelShape, 9, Buffer.from(stored.buffer), scales, dimension);
    const biasIndex = addTensor([channels], 0, Buffer.from(bias.buffer), new Float32Array(), 0);
    const inputs = numbers(Int32Array.of(0, weight, biasIndex));
    const code = isDepthwise ? 1 : 0;
    operators.push(table({ 0: int32(code), 1: inputs, 2: numbers(Int32Array.of(0)) }));
    const perChannel = stored.length / channels;
    const dequantised = Float32Array.from(
      stored,
      (value, at) => value * scales[isDepthwise ? at % channels : Math.floor(at / perChannel)],
    );
    expected.set(`${name}.weight`, dequantised);
    expected.set(`${name}.bias`, bias);
  }
  const model = flatbuffer('TFL3', {
    0: int32(3),
    1: vector([table({ 0: int8(3) }), table({ 0: int8(4), 3: int32(4) })]),
    2: vector([table({ 0: vector(tensors), 3: vector(operators) })]),
    4: vector(buffers),
  });
  const converted = convert(tfliteOriginal, new Map([['*', model]]));
  expect(converted.map(({ name }) => name)).toEqual([...expected.keys()]);
  for (const { name, values } of converted) {
    expect(Buffer.from(values.buffer).equals(Buffer.from(expected.get(name).buffer))).toBe(true);
  }
});

test('an original that is not what it was is refused, and an interrupted fetch goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-backbones-'));
  const contents = new Map();
  const files = layersOf(0.35).flatMap(({ name, isDepthwise, shape }) =>
    [
      [`${name}.weight`, shape],
      [`${name}.bias`, [isDepthwise ? shape[2] : shape[0]]],
    ].map(([tensor, tensorShape]) => {
      const content = npyOf(randomValues(sizeOf(tensorShape)), tensorShape);
      contents.set(`https://example.org/${tensor}.npy`, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { tensor, file: `${tensor}.npy`, bytes: content.length, sha256 };
    }),
  );
  const original = {
    ...npyOriginal,
    name: 'small',
    widthMultiplier: '0.35',
    baseUrl: 'https://example.org/',
    files,
  };
  let fetched = 0;
  const fetchBytes = async (url) => {
    fetched += 1;
    if (fetched === 50) {
      throw new Error('the line broke');
    }
    return contents.get(url);
  };
  await expect(provideBackbone(original, folder, { fetchBytes })).rejects.toThrow('the line broke');
  expect(readdirSync(folder)).toEqual(['originals']);
  await provideBackbone(original, folder, { fetchBytes });
  expect(fetched).toBe(files.length + 1);
  expect(readdirSync(folder).sort()).toEqual(['originals', 'small.f16.safetensors', 'small.f32.safetensors']);

  const other = { ...original, name: 'other' };
  const falsified = async (url) => Buffer.concat([contents.get(url).subarray(0, -1), Buffer.of(1)]);
  const refused = provideBackbone(other, folder, { fetchBytes: falsified });
  await expect(refused).rejects.toThrow(/expected stem.weight.npy with \d+ bytes and sha256/);
});

test('the catalogue states what the published files are', () => {
  const catalogue = JSON.parse(
    readFileSync(new URL('../../web/public/backbones/catalogue.json', import.meta.url), 'utf8'),
  );
  for (const { name, file, bytes: stated, sha256, inputSize, mmac, license, source } of catalogue.backbones) {
    expect([typeof inputSize, typeof mmac, typeof license, typeof source]).toEqual([
      'number',
      'number',
      'string',
      'string',
    ]);
    const path = file
      ? join(published, file)
      : new URL('../../web/public/backbones/builtin.safetensors', import.meta.url);
    if (existsSync(path)) {
      const content = readFileSync(path);
      const found = {
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
      expect({ name, ...found }).toEqual({ name, bytes: stated, sha256 });
    }
  }
});
