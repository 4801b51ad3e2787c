// The types: session.d.ts is what Embind emits now, and a program written by headstart.d.ts compiles.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { emittedTypes as emitted, engineTypes, sessionTypes } from '../../wasm/toolchain/session-types.mjs';
import { libraryFolder, repository } from './support.mjs';

/**
 * @param {Record<string, string>} files to compile
 * @param {Record<string, string>} types that they import
 * @returns {string} the complaints
 */
function compile(files, types) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-types-'));
  try {
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    for (const [name, text] of Object.entries({ ...files, ...types })) {
      writeFileSync(join(folder, name), text);
    }
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
    assert.equal(readFileSync(sessionTypes, 'utf8'), engineTypes(readFileSync(emitted, 'utf8')));
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
