// Takes the writers of files for other programs out of a module that was just linked and puts them into a second file,
// which the engine fetches when somebody takes something elsewhere: `node split.mjs MODULE.wasm TOOLS_FOLDER`.
//
// wasm-split moves functions that are named to it. They are all that only the writers' entries lead to, by the module's own
// graph of calls: whatever core/src/export/ comes to call, and nobody else does, moves along. What a function pointer may lead
// to stays, unless it is an entry: linkers and optimisers give equal functions one name.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shortenElements } from './elements.mjs';

/** By their mangled names: what exports.cpp registers, the writers, and the parts of 8-bit exports. */
const ENTRIES =
  /^_ZNK?9headstart(4wasm12_GLOBAL__N_1(15export_model_of|18refused_formats_of|22QuantisedExportBinding)|15QuantisedExport|\d+write_(tfjs|onnx|tflite|tflite_float16)E)/;

/** What the modules use. With reference types there would be a second table, which is more than older browsers know. */
const FEATURES = [
  'simd',
  'relaxed-simd',
  'threads',
  'bulk-memory',
  'sign-ext',
  'nontrapping-float-to-int',
  'mutable-globals',
].map((name) => `--enable-${name}`);

/** What makes them smallest: jumps laid out anew, then everything that shortens, then what is called often numbered low. */
const SMALLER = ['--flatten', '--rereloop', '-Oz', '-Oz', '--const-hoisting', '--reorder-functions'];

/**
 * The functions that nothing but an entry leads to.
 *
 * @param {string} graph as `wasm-opt --print-call-graph` writes it
 */
export function functionsBehind(graph, isEntry = (/** @type {string} */ name) => ENTRIES.test(name)) {
  /** @type {Map<string, string[]>} */
  const calls = new Map();
  /** Without their bodies, exported, or in the table. @type {Set<string>} */
  const others = new Set();
  for (const [, name, called, style] of graph.matchAll(/^ {2}"([^"]+)" (?:-> "([^"]+)"|\[style="([^\n]*)\]);/gm)) {
    const callees = calls.get(name) ?? [];
    calls.set(name, callees);
    if (called !== undefined) {
      callees.push(called);
    } else if (style !== 'filled", fillcolor="white"') {
      others.add(name);
    }
  }
  const staying = new Set([...others].filter((name) => !isEntry(name)));
  for (const name of staying) {
    for (const called of calls.get(name) ?? []) {
      if (!isEntry(called)) {
        staying.add(called); // a set hands out what is added while it is walked
      }
    }
  }
  return [...calls.keys()].filter((name) => !staying.has(name));
}

/** @param {string} module @param {string} tools the folder of wasm-split and wasm-opt */
function split(module, tools) {
  const listed = module.replace(/\.wasm$/, '.writers.txt');
  const writers = module.replace(/\.wasm$/, '.writers.wasm');
  /** @param {string} tool @param {string[]} options @param {string} [file] */
  const run = (tool, options, file = module) =>
    execFileSync(join(tools, tool), [file, ...FEATURES, ...options], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const moving = functionsBehind(run('wasm-opt', ['--print-call-graph', '-o', '/dev/null']));
  if (!moving.some((name) => ENTRIES.test(name))) {
    throw new Error(`expected the writers' entries among the functions of ${module}`);
  }
  writeFileSync(listed, moving.join('\n'));
  run('wasm-split', [
    '--split',
    `--split-funcs=@${listed}`,
    // The engine links the second file before it calls anything in it.
    '--no-placeholders',
    // Each import repeats it.
    '--import-namespace=e',
    '--export-prefix=%',
    `--primary-output=${module}`,
    `--secondary-output=${writers}`,
  ]);
  // They run once, when somebody asks: small counts, not fast. Emscripten leaves the first kilobyte of memory free.
  run('wasm-opt', ['--low-memory-unused', ...SMALLER, '-o', writers], writers);
  writeFileSync(module, shortenElements(readFileSync(module)));
  rmSync(listed);
}

if (process.argv[1] === import.meta.filename) {
  split(process.argv[2], process.argv[3]);
}
