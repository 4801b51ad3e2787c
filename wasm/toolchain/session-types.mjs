// The types of the module's Session, as Embind emits them (target headstart_types), in the engine's own words:
// `node wasm/toolchain/session-types.mjs` writes them where the engine imports them from.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './cache.mjs';

export const emittedTypes = join(repository, 'build/wasm-simd/types/session.d.ts');
export const sessionTypes = join(repository, 'web/src/engine/worker/session.d.ts');

const OPENING = `// What Embind says about Session: emitted by the target headstart_types and written by
// wasm/toolchain/session-types.mjs. Never edited by hand.
`;
/** @param {string} functions beside Session, as Embind emits them */
const moduleTypes = (functions) => `
/** The rest is Emscripten's own. */
export interface EngineModule {
  Session: { new (): Session };
  ${functions}
  count_emval_handles(): number;
  PThread?: { terminateAllThreads(): void };
}
`;

/** @param {string} emitted @returns {string} */
export function engineTypes(emitted) {
  const from = emitted.indexOf('export type FrameDescription');
  const end = emitted.indexOf('interface EmbindModule');
  const others = /interface EmbindModule \{([\s\S]*?)\n\}/.exec(emitted)?.[1] ?? '';
  const functions = others.replace(/^\s*Session: \{[^}]*\};/m, '');
  // A C++ string takes bytes too; we give it text, and text is what comes.
  const types = `${emitted.slice(from, end).trimEnd()}\n${moduleTypes(functions.trim())}`;
  const text = types.replaceAll('EmbindString', 'string');
  return execFileSync(
    process.execPath,
    [join(repository, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--stdin-file-path', 'session.d.ts'],
    { input: `${OPENING}${text}`, encoding: 'utf8', cwd: repository },
  );
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(sessionTypes, engineTypes(readFileSync(emittedTypes, 'utf8')));
}
