// Hands a folder of class folders to core's own tool: pictures are decoded here, all else is C++.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodePicture, readClassFolders } from './pictures.mjs';
import { repository } from './places.mjs';

const run = promisify(execFile);

/** @param {number[]} values */
function numbers(values) {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, index * 4);
  });
  return bytes;
}

/** The layout that core/tools/pictures.h reads. @param {{ name: string, files: string[] }[]} classes */
function packPictures(classes) {
  const parts = [numbers([classes.reduce((sum, { files }) => sum + files.length, 0), classes.length])];
  classes.forEach(({ files }, classIndex) => {
    for (const file of files) {
      const { data, width, height } = decodePicture(file);
      parts.push(numbers([classIndex, width, height]), Buffer.from(data.buffer, data.byteOffset, width * height * 4));
    }
  });
  return Buffer.concat(parts);
}

/**
 * Calls `work` with a function that runs one of core's tools on the folder's pictures and gives back what it printed.
 * @template T
 * @param {string} folder
 * @param {number} leastPerClass classes with fewer pictures are left out
 * @param {(measure: (tool: string, backbone: string, ...rest: (string | number)[]) => Promise<any>, classCount: number) => Promise<T>} work
 *   `tool` may be followed by a mode: 'bench_pictures unknown'
 * @returns {Promise<T>}
 */
export async function withPackedPictures(folder, leastPerClass, work) {
  const classes = readClassFolders(folder).filter(({ files }) => files.length >= leastPerClass);
  const place = mkdtempSync(join(tmpdir(), 'headstart-bench-'));
  try {
    const file = join(place, 'pictures.bin');
    writeFileSync(file, packPictures(classes));
    return await work(async (tool, backbone, ...rest) => {
      const [name, ...mode] = tool.split(' ');
      const program = join(repository, 'build/native-release/core', name);
      if (!existsSync(program)) {
        throw new Error(`the native tool ${name} is not there yet: npm run bench builds it`);
      }
      const { stdout } = await run(program, [...mode, backbone, file, ...rest.map(String)]);
      return JSON.parse(stdout);
    }, classes.length);
  } finally {
    rmSync(place, { recursive: true });
  }
}
