// Films as files, written by OpenCV as cameras and programs write them.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COPY_SCRIPT = fileURLToPath(new URL('./copy_film.py', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./make_film.py', import.meta.url));
/** What files of that name hold: WebM, MP4 as phones write it, and an MP4 that browsers do not show. */
const CODECS = { webm: 'VP80', mp4: 'avc1', 'old.mp4': 'mp4v' };

/**
 * A film of plain colours with a thing that moves.
 *
 * @param {keyof typeof CODECS} kind
 * @param {string[]} colours Each as `red,green,blue`.
 * @param {number} secondsOfEach
 * @param {number} [framesPerSecond]
 * @returns {Buffer}
 */
export function filmFile(kind, colours, secondsOfEach, framesPerSecond = 20) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-film-'));
  try {
    const path = join(folder, `film.${kind.split('.').at(-1)}`);
    // Debian's Python, as in the other tests that want OpenCV.
    execFileSync(
      '/usr/bin/python3',
      [SCRIPT, path, CODECS[kind], String(framesPerSecond), String(secondsOfEach), ...colours],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * What a pretended camera shows, one thing after the other, as a phone would have filmed it (MP4).
 *
 * @param {Buffer[]} contents Each as `encodeY4m` writes it.
 * @param {number} secondsOfEach
 * @returns {Buffer}
 */
export function filmOf(contents, secondsOfEach) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-film-'));
  try {
    const path = join(folder, 'film.mp4');
    const cameras = contents.map((content, index) => {
      const camera = join(folder, `${index}.y4m`);
      writeFileSync(camera, content);
      return camera;
    });
    execFileSync('/usr/bin/python3', [COPY_SCRIPT, path, CODECS.mp4, String(secondsOfEach), ...cameras], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A second of silence. */
export function silentSound() {
  const wave = Buffer.alloc(44 + 8000);
  wave.write('RIFF', 0);
  wave.writeUInt32LE(wave.length - 8, 4);
  wave.write('WAVEfmt ', 8);
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20); // PCM
  wave.writeUInt16LE(1, 22); // one channel
  wave.writeUInt32LE(8000, 24);
  wave.writeUInt32LE(8000, 28);
  wave.writeUInt16LE(1, 32);
  wave.writeUInt16LE(8, 34);
  wave.write('data', 36);
  wave.writeUInt32LE(8000, 40);
  return wave.fill(128, 44);
}
