// A head that brings a layer of its own, made from one that brings none: whether training layers helps depends on the
// pictures, what is shown of them must not.

/**
 * @param {Buffer} file A head file (safetensors) of a head on the last layer.
 * @param {{ border: string, borderChannels: number, channelCount: number }} cut Behind which map, and what comes there.
 */
export function withCut(file, { border, borderChannels, channelCount }) {
  const headerLength = Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata } = JSON.parse(file.subarray(8, 8 + headerLength).toString());
  const classCount = JSON.parse(metadata.labels).length;
  /** Numbers that look drawn and are always the same. @param {number} count @param {number} middle */
  const numbers = (count, middle) =>
    Float32Array.from({ length: count }, (_, at) => Math.sin(12.9898 * at * at) + middle);
  const tensors = {
    'cut.bias': { shape: [channelCount], values: numbers(channelCount, 0) },
    'cut.weight': { shape: [channelCount, 1, 1, borderChannels], values: numbers(channelCount * borderChannels, 0.1) },
    'head.bias': { shape: [classCount], values: numbers(classCount, 0) },
    'head.weight': { shape: [classCount, channelCount], values: numbers(classCount * channelCount, 0) },
  };
  let offset = 0;
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { ...metadata, format: 'head/1', features: '["cut"]', border } };
  for (const name of Object.keys(metadata)) {
    if (/^(second_look|transform|map_sizes|known.*)$/.test(name)) {
      delete (/** @type {any} */ (header.__metadata__)[name]);
    }
  }
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...Object.values(tensors).map(({ values }) => Buffer.from(values.buffer))]);
}
