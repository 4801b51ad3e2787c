// Downloads one file and goes on where an interrupted download ended, which apt does only for servers that date files.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const MOST_MS = 30 * 60_000;

/**
 * The file appears complete and checked, or not at all; what has come so far waits beside it as `.part`.
 *
 * @param {{ uri: string, file: string, byteCount: number, sha256: string }} wanted
 * @param {(detail: string, doneBytes: number) => void} onProgress
 */
export async function downloadFile({ uri, file, byteCount, sha256 }, onProgress) {
  if (existsSync(file) && (await hashOf(file)) === sha256) {
    return;
  }
  const part = `${file}.part`;
  let done = existsSync(part) ? statSync(part).size : 0;
  if (done < byteCount) {
    const answer = await fetch(uri, {
      headers: done > 0 ? { Range: `bytes=${done}-` } : {},
      // A network that answers nothing must not look like one that is slow.
      signal: AbortSignal.timeout(MOST_MS),
    });
    if (!answer.ok || !answer.body) {
      throw new Error(`${uri} answered ${answer.status}`);
    }
    // A server that knows no ranges sends everything.
    done = answer.status === 206 ? done : 0;
    const count = new Transform({
      transform(chunk, _encoding, next) {
        done += chunk.length;
        onProgress(`${Math.floor((done / byteCount) * 100)} %`, done);
        next(null, chunk);
      },
    });
    const body = Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (answer.body));
    await pipeline(body, count, createWriteStream(part, { flags: done > 0 ? 'a' : 'w' }));
  }
  if ((await hashOf(part)) !== sha256) {
    rmSync(part);
    throw new Error(`${uri} came with another checksum than its index says`);
  }
  renameSync(part, file);
}

/** @param {string} file */
export async function hashOf(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
