// Downloads one file and goes on where an interrupted download ended, which apt does only for servers that date files.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const MOST_MS = 30 * 60_000;

/**
 * The file appears complete and checked, or not at all; what has come so far waits beside it as `.part`. Where nobody knows
 * its length and checksum yet, the server's word for the length is all that is checked.
 *
 * @param {{ uri: string, file: string, byteCount?: number, sha256?: string }} wanted
 * @param {(detail: string, doneBytes: number, totalBytes: number) => void} onProgress
 */
export async function downloadFile({ uri, file, byteCount = 0, sha256 = '' }, onProgress) {
  if (existsSync(file) && sha256 && (await hashOf(file)) === sha256) {
    return;
  }
  const part = `${file}.part`;
  let done = existsSync(part) ? statSync(part).size : 0;
  let total = byteCount;
  if (total === 0 || done < total) {
    const answer = await fetch(uri, {
      headers: done > 0 ? { Range: `bytes=${done}-` } : {},
      // A network that answers nothing must not look like one that is slow.
      signal: AbortSignal.timeout(MOST_MS),
    });
    const isComplete = answer.status === 416 && totalOf(answer, 0) === done; // nothing is left to send
    if (!isComplete && (!answer.ok || !answer.body)) {
      throw new Error(`${uri} answered ${answer.status}`);
    }
    if (!isComplete) {
      // A server that knows no ranges sends everything.
      done = answer.status === 206 ? done : 0;
      total ||= totalOf(answer, done);
      const count = new Transform({
        transform(chunk, _encoding, next) {
          done += chunk.length;
          onProgress(total > 0 ? `${Math.floor((done / total) * 100)} %` : '', done, total);
          next(null, chunk);
        },
      });
      const body = Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (answer.body));
      await pipeline(body, count, createWriteStream(part, { flags: done > 0 ? 'a' : 'w' }));
      if (total > 0 && done !== total) {
        throw new Error(`${uri} ended after ${done} of ${total} bytes`);
      }
    }
  }
  if (sha256 && (await hashOf(part)) !== sha256) {
    rmSync(part);
    throw new Error(`${uri} came with another checksum than its index says`);
  }
  renameSync(part, file);
}

/** Of the whole file, as the server says it; 0 where it does not. @param {Response} answer @param {number} before bytes that are there */
function totalOf(answer, before) {
  const range = answer.headers.get('content-range')?.match(/\/(\d+)$/);
  return range ? Number(range[1]) : before + Number(answer.headers.get('content-length') ?? -before);
}

/** @param {string} file */
export async function hashOf(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
