// What an answer does: when it acts, and what other programs get to read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteOf, noteOff, noteOn, toLine, toMessage } from '../../web/src/outputs/answers.js';
import { createReactions, REPEAT_MS } from '../../web/src/outputs/reactions.js';
import { openLine } from '../../web/src/outputs/serial-port.js';

function recordReactions() {
  /** @type {string[]} */
  const seen = [];
  return { seen, reactions: createReactions((key, moment) => seen.push(`${key} ${moment}`)) };
}

test('a class that becomes the answer starts once, however often it is told', () => {
  const { seen, reactions } = recordReactions();
  for (let now = 0; now < REPEAT_MS; now += 33) {
    reactions.update(7, now);
  }
  assert.deepEqual(seen, ['7 start', '7 each']);
});

test('a class ends before the next one starts, and "not sure" ends it too', () => {
  const { seen, reactions } = recordReactions();
  reactions.update(1, 0);
  reactions.update(2, 10);
  reactions.update(null, 20);
  reactions.update(null, 30);
  assert.deepEqual(seen, ['1 start', '1 each', '1 end', '2 start', '2 each', '2 end']);
});

test('a class that stays acts again and again', () => {
  const { seen, reactions } = recordReactions();
  for (let now = 0; now <= 2 * REPEAT_MS; now += REPEAT_MS / 4) {
    reactions.update(1, now);
  }
  assert.deepEqual(seen, ['1 start', '1 each', '1 each', '1 each']);
});

test('what is forgotten does not end', () => {
  const { seen, reactions } = recordReactions();
  reactions.update(1, 0);
  reactions.reset();
  reactions.update(null, 1);
  assert.deepEqual(seen, ['1 start', '1 each']);
});

const answer = {
  label: 'rock',
  classIndex: 0,
  probability: 0.934,
  known: true,
  ranked: [
    { label: 'rock', probability: 0.934 },
    { label: 'paper', probability: 0.066 },
  ],
};

test('a line is a label, a comma, a probability of two digits and a line feed', () => {
  assert.equal(toLine(answer), 'rock,0.93\n');
  assert.equal(toLine({ ...answer, label: '', classIndex: -1, probability: 0 }), ',0.00\n');
});

test('nothing in a label can break a line or add a field', () => {
  for (const label of ['a,b', 'a\nb', 'a\r\nb', 'a\u0000b', 'a\u2028b']) {
    assert.equal(toLine({ ...answer, label }), 'a b,0.93\n');
  }
  assert.equal(toLine({ ...answer, label: 'グー 👊' }), 'グー 👊,0.93\n');
});

test('a message says what it is and in which version', () => {
  assert.deepEqual(toMessage(answer), {
    type: 'headstart-answer',
    version: 1,
    label: 'rock',
    probability: 0.934,
    known: true,
    ranked: answer.ranked,
  });
});

test('notes go up from middle C and stay within what MIDI has', () => {
  assert.deepEqual([noteOf(0), noteOf(1), noteOf(500)], [60, 61, 127]);
  assert.deepEqual(noteOn(60, 1), [0x90, 60, 127]);
  assert.deepEqual(noteOn(60, 0), [0x90, 60, 1], 'a velocity of zero would mean note off');
  assert.deepEqual(noteOff(60), [0x80, 60, 0]);
});

/** The streams of a serial port; what was written is kept. */
function makePort({ delayMs = 0, failsAt = Number.POSITIVE_INFINITY } = {}) {
  /** @type {string[]} */
  const written = [];
  const calls = /** @type {string[]} */ ([]);
  const decoder = new TextDecoder();
  const writable = new WritableStream({
    async write(chunk) {
      if (delayMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
      if (written.length >= failsAt) {
        throw new Error('the device has been lost');
      }
      written.push(decoder.decode(chunk));
    },
  });
  return {
    written,
    calls,
    readable: null,
    writable,
    /** @param {{ baudRate: number }} options */
    async open({ baudRate }) {
      calls.push(`open ${baudRate}`);
    },
    async close() {
      calls.push('close');
    },
  };
}

test('lines reach a serial port in their order', async () => {
  const port = makePort();
  const line = await openLine(port, { baudRate: 115200, onLost: assert.fail });
  for (const text of ['a,1.00\n', 'b,0.50\n']) {
    line.send(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(port.written, ['a,1.00\n', 'b,0.50\n']);
  assert.deepEqual(port.calls, ['open 115200']);
});

test('a port slower than the answers gets the newest one, not a queue of old ones', async () => {
  const port = makePort({ delayMs: 40 });
  const line = await openLine(port, { baudRate: 9600, onLost: assert.fail });
  for (let i = 0; i < 100; i += 1) {
    line.send(`${i}\n`);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(port.written, ['0\n', '99\n']);
});

test('a cable that is pulled out is told once, and later lines are dropped', async () => {
  const port = makePort({ failsAt: 1 });
  /** @type {unknown[]} */
  const lost = [];
  const line = await openLine(port, { baudRate: 9600, onLost: (cause) => lost.push(cause) });
  for (const text of ['1\n', '2\n', '3\n']) {
    line.send(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(lost.length, 1);
  assert.deepEqual(port.written, ['1\n']);
});
