// The types: what Embind says about Session is what session.d.ts says, and a program written by headstart.d.ts compiles.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { libraryFolder, repository } from './support.mjs';

const emitted = process.env.HEADSTART_SESSION_TYPES ?? join(repository, 'build/wasm-simd/types/session.d.ts');

/**
 * @param {Record<string, string>} files to compile
 * @param {Record<string, string>} types that they import
 * @returns {string} the complaints
 */
function compile(files, types) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-types-'));
  try {
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    for (const [name, text] of Object.entries({ ...files, ...types })) writeFileSync(join(folder, name), text);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2024', 'dom'],
      types: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
    execFileSync(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    return `${/** @type {any} */ (error).stdout}${/** @type {any} */ (error).stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the types', () => {
  it('of Session are those that Embind emits', {
    skip: existsSync(emitted) ? false : 'needs the target headstart_types',
  }, () => {
    // Assignable in both directions, method by method: a method, parameter or field that only one side knows fails.
    const program = `
      import type * as Emitted from './emitted';
      import type * as Ours from './session';
      type EmittedSession = InstanceType<Emitted.MainModule['Session']>;
      type Handle = 'delete' | 'deleteLater' | 'isDeleted' | 'isAliasOf' | 'clone';
      type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : ['only in the second', B]) : ['only in the first', A];
      const names: Same<Exclude<keyof EmittedSession, Handle>, Exclude<keyof Ours.Session, Handle>> = true;
      type Methods = Exclude<keyof EmittedSession & keyof Ours.Session, Handle>;
      const methods: { [name in Methods]: Same<Parameters<EmittedSession[name]>, Parameters<Ours.Session[name]>> } = null!;
      const answers: { [name in Methods]: Same<ReturnType<EmittedSession[name]>, ReturnType<Ours.Session[name]>> } = null!;
      const allTrue: Record<Methods, true> = methods;
      const allTrueToo: Record<Methods, true> = answers;
      export { names, allTrue, allTrueToo };
    `;
    // A C++ string takes bytes too; we give it text.
    const text = readFileSync(emitted, 'utf8').replaceAll(': EmbindString', ': string');
    const ours = readFileSync(join(repository, 'web/src/engine/worker/session.d.ts'), 'utf8');
    assert.equal(compile({ 'compare.ts': program }, { 'emitted.d.ts': text, 'session.d.ts': ours }), '');
  });

  const types = { 'headstart.d.ts': readFileSync(join(libraryFolder, 'headstart.d.ts'), 'utf8') };

  it('carry a program through the whole surface', () => {
    const program = `
      import { createTrainer, HeadstartError, runnableVariants, type ErrorCode, type Trainer } from './headstart';
      const trainer: Trainer = await createTrainer({ inputSize: 96, variant: 'auto', threads: 2, onProgress: ({ stage, done, total }) => console.log(stage, done / total) });
      const classId: number = trainer.addClass('rock');
      const picture = { data: new Uint8ClampedArray(4), width: 1, height: 1 };
      const sampleId: number = await trainer.addSample(classId, picture, { mirror: true });
      const report = await trainer.train({ head: 'logistic', seed: 1, signal: new AbortController().signal });
      const accuracy: number = report.accuracy + report.confusion[0][0] + report.perClass[0].recall + report.heldOut[0].sampleId;
      const { ranked, known } = await trainer.predict(document.querySelector('video')!);
      const best: string = ranked[0].name;
      const vector: Float32Array = await trainer.embed(new ImageData(1, 1));
      const bytes: Uint8Array = await trainer.exportHead({ date: new Date() });
      await trainer.importHead(bytes);
      await trainer.setBackbone('other.safetensors', { inputSize: 128 });
      await trainer.removeSample(sampleId);
      await trainer.restoreSamples([sampleId]);
      try { trainer.removeClass(classId); } catch (error) { if (error instanceof HeadstartError) { const code: ErrorCode = error.code; console.log(code); } }
      await trainer.dispose();
      console.log(accuracy, known, best, vector, await runnableVariants());
    `;
    assert.equal(compile({ 'program.ts': program }, types), '');
  });

  it('refuse what the library refuses', () => {
    const program = `
      import { createTrainer } from './headstart';
      // @ts-expect-error an unknown variant
      await createTrainer({ variant: 'avx' });
      const trainer = await createTrainer();
      // @ts-expect-error an unknown head
      await trainer.train({ head: 'svm' });
      // @ts-expect-error no picture
      await trainer.predict('picture.jpg');
      // @ts-expect-error classes are changed by methods
      trainer.classes = [];
    `;
    assert.equal(compile({ 'program.ts': program }, types), '');
  });
});
