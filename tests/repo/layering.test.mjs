// Dependencies point one way: web → wasm → core → XNNPACK.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, importsOf, includesOf, matching, read } from './tree.mjs';

/**
 * The offences of all `found` files, as lines for the message of an assertion.
 *
 * @param {string[]} found
 * @param {(file: string) => string[]} offencesOf
 */
function offences(found, offencesOf) {
  return found.flatMap((file) => offencesOf(file).map((offence) => `${file}: ${offence}`));
}

const coreFiles = matching(/^core\/(include|src)\/.*\.(h|cpp)$/);
const wasmFiles = matching(/^wasm\/src\/.*\.(h|cpp)$/);
const pageFiles = matching(/^web\/src\/.*\.js$/);

test('core includes the standard library, XNNPACK and itself, and nothing that does input or output', () => {
  const foreign = /^<(emscripten|fstream|iostream|filesystem|chrono|ctime|cstdio|stdio|thread|sys\/|unistd)/;
  assert.deepEqual(
    offences(coreFiles, (file) => includesOf(file).filter((name) => foreign.test(name) || /"(wasm|web)\//.test(name))),
    [],
  );
});

test('the public headers of core do not show XNNPACK', () => {
  const headers = matching(/^core\/include\/.*\.h$/);
  assert.deepEqual(
    offences(headers, (file) => includesOf(file).filter((name) => /xnnpack|pthreadpool/.test(name))),
    [],
  );
});

/** Core's rooms, the deepest first: each may use those before it, and none behind it. */
const ROOMS = {
  base: ['status', 'buffer', 'compute'],
  files: [],
  image: ['image', 'views'],
  network: ['network', 'network_layers'],
  backbone: ['backbone', 'features'],
  head: ['head', 'head_reader', 'attention', 'answer_changes'],
  samples: ['sample_store'],
  training: ['metrics', 'trainer'],
  fine_tune: ['fine_tuner'],
  advice: ['advice', 'known', 'picture_map', 'channels'],
  session: ['session', 'strategies', 'names'],
  export: ['export'],
};
const roomNames = Object.keys(ROOMS);
const roomOfHeader = new Map(
  Object.entries(ROOMS).flatMap(([room, headers]) => headers.map((name) => [`headstart/${name}.h`, room])),
);

/** The room that a file of core, or what it includes, lies in. @param {string} path */
function roomOf(path) {
  const header = path.match(/^(?:core\/include\/)?(headstart\/\w+\.h)$/)?.[1];
  return header ? roomOfHeader.get(header) : path.match(/^(?:core\/src\/)?(\w+)\//)?.[1];
}

test('every file of core lies in a room', () => {
  assert.deepEqual(
    coreFiles.filter(
      (file) => file !== 'core/include/headstart/headstart.h' && !roomNames.includes(roomOf(file) ?? ''),
    ),
    [],
  );
});

test("core's rooms stand in an order, and none uses one behind it", () => {
  const found = coreFiles
    .filter((file) => file !== 'core/include/headstart/headstart.h')
    .flatMap((file) =>
      includesOf(file)
        .map((name) => name.slice(1, -1))
        .filter((name) => roomNames.indexOf(roomOf(name) ?? '') > roomNames.indexOf(roomOf(file) ?? ''))
        .map((name) => `${file}: ${roomOf(file)} uses ${roomOf(name)} by ${name}`),
    );
  assert.deepEqual(found, []);
});

test('what is added to core lands in its room: heads, formats, networks, kinds of layer', () => {
  const homes = [
    { what: /\bclass \w+ (?:final )?: public HeadTraining\b/, home: /^core\/src\/training\/\w+\/\w+\.(h|cpp)$/ },
    { what: /\bResult<std::vector<std::uint8_t>>\s+write_(?!head_file)\w+\(/, home: /^core\/src\/export\// },
    { what: /\bResult<Network>\s+read_\w+\(/, home: /^core\/src\/network\// },
    // Trained layers are a kind of their own: what a plan makes of the network's.
    { what: /(?<!\w)LayerKind::k/, home: /^core\/src\/(network|backbone|fine_tune|export)\// },
  ];
  for (const { what, home } of homes) {
    const found = coreFiles.filter((file) => what.test(read(file)));
    assert.ok(found.length > 0, `nothing looks like ${what}`);
    assert.deepEqual(
      found.filter((file) => !home.test(file)),
      [],
      String(what),
    );
  }
});

test('core has no exceptions, clock, environment or output', () => {
  const forbidden = /\b(throw|try\s*\{|catch\s*\(|std::getenv|getenv\(|printf\(|std::cout|std::cerr|system_clock)/g;
  const code = (/** @type {string} */ file) =>
    read(file)
      .replace(/\/\/.*$/gm, '')
      .replace(/"(\\.|[^"\\])*"/g, '""');
  assert.deepEqual(
    offences(coreFiles, (file) => code(file).match(forbidden) ?? []),
    [],
  );
});

test('graph_builder is the only caller of xnn_define_*', () => {
  const callers = matching(/\.(h|cpp)$/).filter((file) => /\bxnn_define_\w+\s*\(/.test(read(file)));
  assert.deepEqual(
    callers.filter((file) => !/^core\/src\/backbone\/graph_builder\w*\.(h|cpp)$/.test(file)),
    [],
  );
});

test('wasm translates: it includes core by its public headers, Emscripten and the standard library', () => {
  const foreign = /xnnpack|pthreadpool|"\.\.\//;
  const own = new Set(wasmFiles.map((file) => `"${file.replace('wasm/src/', '')}"`));
  assert.deepEqual(
    offences(wasmFiles, (file) =>
      includesOf(file).filter(
        (name) => foreign.test(name) || (name.startsWith('"') && !name.startsWith('"headstart/') && !own.has(name)),
      ),
    ),
    [],
  );
});

test('nothing in core or wasm/src refers to the page', () => {
  assert.deepEqual(
    offences([...coreFiles, ...wasmFiles], (file) => read(file).match(/\bweb\/src\b/g) ?? []),
    [],
  );
});

test('the page reaches C++ through the engine alone, and the engine through files beside the library', () => {
  assert.deepEqual(
    offences(pageFiles, (file) => importsOf(file).filter((name) => /^(core|wasm|tests|build)\//.test(name))),
    [],
  );
});

test('ui modules never import each other or the engine', () => {
  assert.deepEqual(
    offences(matching(/^web\/src\/ui\/.*\.js$/), (file) =>
      importsOf(file).filter((name) => /^web\/src\/(ui|engine)\//.test(name)),
    ),
    [],
  );
});

test('the engine knows nothing of the page', () => {
  assert.deepEqual(
    offences(matching(/^web\/src\/engine\/.*\.js$/), (file) =>
      importsOf(file).filter((name) => /^web\//.test(name) && !/^web\/src\/engine\//.test(name)),
    ),
    [],
  );
});

test('the wings of the engine meet in shared alone: client and worker never import each other', () => {
  const allowed = {
    client: /^web\/src\/engine\/(client|shared)\//,
    // By address: the browser loads it on a thread of its own.
    'client/worker-port.js': /^web\/src\/engine\/(client|shared)\/|^web\/src\/engine\/worker\/engine-worker\.js$/,
    worker: /^web\/src\/engine\/(worker|shared)\//,
    shared: /^web\/src\/engine\/shared\//,
  };
  const wings = matching(/^web\/src\/engine\/(client|worker|shared)\/.*\.js$/);
  assert.ok(wings.length > 20);
  assert.deepEqual(
    offences(wings, (file) => {
      const [wing, name] = file.replace('web/src/engine/', '').split(/\/(.*)/);
      const pattern =
        /** @type {Record<string, RegExp>} */ (allowed)[`${wing}/${name}`] ?? allowed[/** @type {'client'} */ (wing)];
      return importsOf(file).filter((imported) => imported.startsWith('web/') && !pattern.test(imported));
    }),
    [],
  );
});

test('no wing of the engine imports what only Node has', () => {
  assert.deepEqual(
    offences(matching(/^web\/src\/.*\.js$/), (file) => importsOf(file).filter((name) => name.startsWith('node:'))),
    [],
  );
});

test('the state knows nothing of how it is shown', () => {
  assert.deepEqual(
    offences(matching(/^web\/src\/state\/.*\.js$/), (file) =>
      importsOf(file).filter((name) => /^web\/src\/(ui|kit)\//.test(name) || /^lit(\/|$)/.test(name)),
    ),
    [],
  );
});

test('there is something to check', () => {
  assert.ok(files.length > 0);
});
