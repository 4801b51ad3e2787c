// The command line as somebody uses it: folders of pictures in, a head file and answers out.
// HEADSTART_COMMAND names another build of it.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const command = process.env.HEADSTART_COMMAND ?? join(repository, 'build/native-debug/core/headstart');
const shownProgram = join(command, '../../tests/core/shown_program');
const builtIn = join(repository, 'web/public/backbones/builtin.safetensors');
const WIDTH = 640;
const HEIGHT = 480;
const PER_CLASS = 6;
/** Between two that are learnt from: what lies beyond all of them may well be none of these. */
const UNSEEN = 2.5;

/** Stripes that lie or stand, each picture with a width, a place and colours of its own. @param {'lying' | 'standing'} kind @param {number} number */
function draw(kind, number) {
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4);
  const period = 40 + 6 * number;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const isLit = (((kind === 'lying' ? y : x) + 11 * number) % period) * 2 < period;
      const shade = isLit ? 210 + (number % 4) * 10 : 30 + (number % 5) * 9;
      rgba.set([shade, isLit ? 180 : 60 + 10 * number, 255 - shade, 255], (y * WIDTH + x) * 4);
    }
  }
  return rgba;
}

const rgbOf = (/** @type {Uint8Array} */ rgba) => rgba.filter((_, i) => i % 4 !== 3);
/** @type {Record<string, (rgba: Uint8Array) => Uint8Array>} */
const FORMATS = {
  ppm: (rgba) => Buffer.concat([Buffer.from(`P6\n${WIDTH} ${HEIGHT}\n255\n`), rgbOf(rgba)]),
  png: (rgba) => PNG.sync.write(Object.assign(new PNG({ width: WIDTH, height: HEIGHT }), { data: Buffer.from(rgba) })),
  jpg: (rgba) => jpeg.encode({ data: Buffer.from(rgba), width: WIDTH, height: HEIGHT }, 90).data,
};

/** @param {string[]} words */
const json = (...words) => JSON.parse(execFileSync(command, [...words, '--json'], { encoding: 'utf8' }));

/** @param {string[]} words */
function refusal(...words) {
  const { status, stderr, stdout } = spawnSync(command, words, { encoding: 'utf8' });
  assert.notEqual(status, 0, stdout);
  return stderr;
}

describe('the command line', () => {
  /** @type {string} */
  let folder;
  /** @type {string} */
  let pictures;
  /** @type {string} */
  let head;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'headstart-'));
    pictures = join(folder, 'pictures');
    head = join(folder, 'head.safetensors');
    for (const kind of /** @type {const} */ (['lying', 'standing'])) {
      mkdirSync(join(pictures, kind), { recursive: true });
      for (let number = 0; number < PER_CLASS; number++) {
        writeFileSync(join(pictures, kind, `${number}.ppm`), FORMATS.ppm(draw(kind, number)));
      }
      writeFileSync(join(folder, `${kind}.ppm`), FORMATS.ppm(draw(kind, UNSEEN)));
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('trains a head on a folder of class folders and tells how good it is', () => {
    const report = json('train', pictures, '-o', head, '--strategy', 'head');
    assert.equal(report.strategy, 'head');
    assert.equal(report.sampleCount, 2 * PER_CLASS);
    assert.ok(report.measured && report.accuracy > 0.9, `accuracy ${report.accuracy}`);
    assert.equal(statSync(head).size, report.headBytes);
  });

  it('writes the kind of head that is asked for', () => {
    const formats = ['logistic', 'discriminant'].map((kind) => {
      const file = join(folder, `${kind}.safetensors`);
      const report = json('train', pictures, '-o', file, '--head', kind);
      assert.equal(report.strategy, 'head');
      assert.equal(json('predict', file, join(folder, 'lying.ppm')).ranked[0].name, 'lying');
      const bytes = readFileSync(file);
      return JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()).__metadata__.format;
    });
    assert.deepEqual(formats, ['head/1', 'head/2']);
    assert.match(refusal('train', pictures, '-o', head, '--head', 'best'), /--head must be one of .*logistic/);
    const views = ['--strategy', 'joined-layers-views', '--head', 'logistic'];
    assert.match(refusal('train', pictures, '-o', head, ...views), /brings its own head/);
    // Layers that are trained are read by either kind.
    const own = ['-o', join(folder, 'layers.safetensors'), '--strategy', 'last-convolution', '--head', 'logistic'];
    assert.equal(json('train', pictures, ...own).strategy, 'last-convolution');
  });

  it('gives networks that look together the say that is asked for', () => {
    assert.match(refusal('info', '--share', '2', '--backbone', builtIn), /--share follows the --backbone/);
    assert.match(refusal('info', '--backbone', builtIn, '--share', '0'), /from 0.001 to 1000, got '0'/);
  });

  it('answers from that file about pictures it has not seen, most likely first', () => {
    for (const kind of ['lying', 'standing']) {
      const { ranked } = json('predict', head, join(folder, `${kind}.ppm`));
      assert.equal(ranked[0].name, kind);
      assert.ok(ranked[0].probability > ranked[1].probability);
      assert.ok(Math.abs(ranked[0].probability + ranked[1].probability - 1) < 1e-4);
    }
  });

  it('tells none of these from that file alone, and so does the program that the page shows for C++', () => {
    const noise = new Uint8Array(WIDTH * HEIGHT * 4).map((_, i) => (i % 4 === 3 ? 255 : (i * i * 31 + (i >> 3)) % 251));
    writeFileSync(join(folder, 'noise.ppm'), FORMATS.ppm(noise));
    for (const picture of ['lying', 'standing', 'noise']) {
      const path = join(folder, `${picture}.ppm`);
      const { known, ranked } = json('predict', head, path);
      assert.equal(known < 0.5, picture === 'noise', `${picture}: ${known}`);
      const lines = execFileSync(shownProgram, [builtIn, head, path], { encoding: 'utf8' }).trimEnd().split('\n');
      assert.equal(lines.at(-1) === 'none of these', picture === 'noise');
      for (const { name, probability } of ranked) {
        const line = lines.find((each) => each.startsWith(`${name} `));
        assert.ok(Math.abs(Number(line?.split(' ').at(-1)) - probability) < 1e-4, `${name}: ${line}`);
      }
    }
    assert.match(
      execFileSync(command, ['predict', head, join(folder, 'noise.ppm')], { encoding: 'utf8' }),
      /none of these/,
    );
  });

  it('looks with a .tflite of somebody, and with two networks at once', () => {
    const network = join(folder, 'network.tflite');
    execFileSync(command, ['export', head, '--format', 'tflite', '-o', network]);
    const alone = json('embed', join(folder, 'lying.ppm'));
    const other = json('embed', join(folder, 'lying.ppm'), '--backbone', network);
    assert.equal(other.length, alone.length, 'what was behind the network is dropped');
    const two = ['--backbone', builtIn, '--backbone', network];
    assert.equal(json('embed', join(folder, 'lying.ppm'), ...two).length, 2 * alone.length);
    const joined = join(folder, 'joined.safetensors');
    const report = json('train', pictures, '-o', joined, '--strategy', 'joined-layers', ...two);
    assert.ok(report.measured && report.accuracy > 0.9, `accuracy ${report.accuracy}`);
    assert.equal(json('predict', joined, join(folder, 'standing.ppm'), ...two).ranked[0].name, 'standing');
    assert.match(refusal('predict', joined, join(folder, 'standing.ppm')), /was trained on the backbone/);
    assert.match(
      refusal('train', pictures, '-o', joined, '--strategy', 'whole-network', ...two),
      /strategy must be one of/,
    );
    for (const format of ['onnx', 'tflite', 'tfjs']) {
      execFileSync(command, ['export', joined, '--format', format, '-o', join(folder, 'out'), ...two]);
    }
  });

  it('says of each network what it is computed in, as the precision that is asked for has it', () => {
    const bytes = join(folder, 'bytes.tflite');
    execFileSync(command, ['export', head, '--format', 'tflite-int8', '-o', bytes, pictures]);
    const alone = ['--backbone', bytes];
    const two = ['--backbone', builtIn, ...alone, '--share', '2'];
    const inBytes = ['--precision', 'int8'];
    assert.equal(json('info').precision, 'float32');
    assert.equal(json('info', ...alone).precision, 'float32');
    assert.equal(json('info', ...alone, ...inBytes).precision, 'int8');
    assert.deepEqual(json('info', ...alone, ...inBytes).networks, []);
    const { networks } = json('info', ...two, ...inBytes);
    assert.deepEqual(
      networks.map(({ precision, share }) => [precision, share]),
      [
        ['float32', 1],
        ['int8', 2],
      ],
    );
    assert.deepEqual(
      json('info', ...two).networks.map(({ precision }) => precision),
      ['float32', 'float32'],
    );
    /** @param {string[]} words */
    const told = (...words) => execFileSync(command, ['info', ...words], { encoding: 'utf8' });
    assert.match(told(), /^precision +float32$/m);
    assert.match(told(...alone), /^precision +float32, or as its file: --precision int8$/m);
    assert.match(told(...alone, ...inBytes), /^precision +int8$/m);
    assert.match(told(...two, ...inBytes), /^network a .*, float32\nnetwork b .*, share 2, int8$/m);
    assert.match(told('--size', '96'), /^input +96 px/m);
    assert.match(refusal('info', ...inBytes), /int8 is for networks whose file computes in bytes/);
    assert.match(refusal('info', bytes), /--backbone/);
  });

  it('gives the same head for the same pictures and seed', () => {
    const again = join(folder, 'again.safetensors');
    json('train', pictures, '-o', again, '--strategy', 'head');
    assert.deepEqual(readFileSync(again), readFileSync(head));
  });

  it('advises one of the ways that it measured', () => {
    const { recommended, candidates, case: found } = json('advise', pictures);
    const names = candidates.map(({ strategy }) => strategy);
    assert.ok(names.includes(recommended), `${recommended} of ${names}`);
    assert.ok(names.length >= 4 && candidates.every(({ accuracy }) => accuracy >= 0 && accuracy <= 1));
    assert.match(found, /^(few|many)-(close|far)$/);
  });

  it('embeds a picture alike from every format that this build reads, and says plainly what it does not', () => {
    const own = json('embed', join(folder, 'lying.ppm'));
    assert.ok(own.length > 500 && own.some((/** @type {number} */ value) => value !== 0));
    for (const [ending, encode] of Object.entries(FORMATS)) {
      const path = join(folder, `other.${ending}`);
      writeFileSync(path, encode(draw('lying', UNSEEN)));
      const { status, stdout, stderr } = spawnSync(command, ['embed', path, '--json'], { encoding: 'utf8' });
      if (status !== 0) {
        assert.match(stderr, /without (JPEG|PNG)/);
        continue;
      }
      const other = JSON.parse(stdout);
      const gap = Math.max(
        ...other.map((/** @type {number} */ value, /** @type {number} */ i) => Math.abs(value - own[i])),
      );
      assert.ok(ending === 'jpg' ? gap < 1 : gap === 0, `${ending}: ${gap}`);
    }
  });

  it('writes the head in every format, as the format begins and as small as it should be', () => {
    /** @param {string} format @param {string[]} more */
    const written = (format, ...more) => {
      const path = join(folder, `model.${format}`);
      const told = execFileSync(command, ['export', head, '--format', format, '-o', path, ...more], {
        encoding: 'utf8',
      });
      assert.match(told, new RegExp(`${statSync(path).size} bytes`));
      return { bytes: readFileSync(path), told };
    };
    const zip = unzipSync(written('tfjs').bytes);
    assert.deepEqual(Object.keys(zip).sort(), ['metadata.json', 'model.json', 'weights.bin']);
    assert.deepEqual(JSON.parse(strFromU8(zip['metadata.json'])).labels, ['lying', 'standing']);
    assert.deepEqual([...written('onnx').bytes.subarray(0, 1)], [0x08]); // the field of ir_version
    const whole = written('tflite').bytes;
    assert.equal(whole.toString('latin1', 4, 8), 'TFL3');
    assert.ok(whole.includes('standing'));
    const half = written('tflite-float16').bytes;
    assert.ok(half.length < 0.6 * whole.length, `${half.length} of ${whole.length} bytes`);
    const eighth = written('tflite-int8', pictures);
    assert.equal(eighth.bytes.toString('latin1', 4, 8), 'TFL3');
    assert.ok(eighth.bytes.length < 0.4 * whole.length, `${eighth.bytes.length} of ${whole.length} bytes`);
    assert.match(eighth.told, new RegExp(`${2 * PER_CLASS} pictures: ${2 * PER_CLASS} right, before ${2 * PER_CLASS}`));
    assert.match(written('c-array', pictures).bytes.toString(), /alignas|_Alignas|aligned/);
  });

  it('refuses to write what there is no way to: an unknown format, 8-bit numbers without pictures', () => {
    const path = join(folder, 'nothing');
    assert.match(refusal('export', head, '--format', 'coreml', '-o', path), /tfjs.*onnx.*got coreml/s);
    assert.match(refusal('export', head, '--format', 'tflite-int8', '-o', path), /fitted to pictures/);
    assert.match(refusal('export', join(folder, 'lying.ppm'), '--format', 'onnx', '-o', path), /head|safetensors/);
    assert.throws(() => statSync(path), 'nothing is left behind');
  });

  it('refuses in words: an unknown strategy with those that there are, a folder without classes, a broken head', () => {
    const unknown = refusal('train', pictures, '-o', head, '--strategy', 'last-99-blocks');
    assert.match(unknown, /'joined-layers'.*got 'last-99-blocks'/s);
    assert.match(refusal('train', join(folder, 'nowhere'), '-o', head), /nowhere/);
    writeFileSync(join(folder, 'broken.safetensors'), 'no head');
    assert.ok(refusal('predict', join(folder, 'broken.safetensors'), join(folder, 'lying.ppm')).length > 10);
    assert.match(refusal('embed', join(folder, 'broken.safetensors')), /broken\.safetensors/);
    assert.match(refusal(), /headstart train FOLDER/);
  });
});
