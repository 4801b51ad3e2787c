// Which functions move into a module's second file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionsBehind } from '../../wasm/toolchain/split.mjs';

const plain = '[style="filled", fillcolor="white"]';
const inTable = '[style="filled, rounded"]';

// As `wasm-opt --print-call-graph` writes it.
const graph = `digraph call {
  rankdir = LR;
  subgraph cluster_key {
    "Import" [style="filled", fillcolor="turquoise"];
  }

  "started" ${plain};
  "entry" ${plain};
  "entry" ${inTable};
  "inner" ${plain};
  "innermost" ${plain};
  "shared" ${plain};
  "compared" ${plain};
  "compared" ${inTable};
  "fetch" [style="filled", fillcolor="turquoise"];
  "started" [style="filled", fillcolor="gray"];
  "started" -> "shared"; // call
  "entry" -> "inner"; // call
  "entry" -> "compared"; // call
  "inner" -> "innermost"; // call
  "inner" -> "shared"; // call
  "innermost" -> "fetch"; // call
}
`;

test('what only an entry leads to moves; what is exported, imported, shared or in the table stays', () => {
  const isEntry = (/** @type {string} */ name) => name === 'entry';
  assert.deepEqual(functionsBehind(graph, isEntry).sort(), ['entry', 'inner', 'innermost']);
});

test('what somebody else calls by its name stays with what it calls', () => {
  const called = graph.replace('  "started" -> "shared"; // call', '  "started" -> "inner"; // call');
  assert.deepEqual(
    functionsBehind(called, (name) => name === 'entry'),
    ['entry'],
  );
});
