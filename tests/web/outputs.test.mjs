// What an answer does: when it acts, and what other programs get to read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteOf, noteOff, noteOn, toLine, toMessage } from '../../web/src/outputs/answers.js';
import { createReactions, REPEAT_MS } from '../../web/src/outputs/reactions.js';
import { openLine } from '../../web/src/outputs/serial-port.js';
import { createSerialPort } from './support/serial-port.mjs';

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

const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('lines reach a serial port in their order, at the speed that a micro:bit reads', async () => {
  const port = createSerialPort();
  const line = await openLine(port, { baudRate: 115_200, onLost: assert.fail });
  for (const text of ['a,1.00\n', 'b,0.50\n', 'グー 👊,0.93\n']) {
    line.send(text);
    await wait(20);
  }
  assert.equal(port.received, 'a,1.00\nb,0.50\nグー 👊,0.93\n');
  assert.deepEqual(port.baudRates, [115_200]);
});

test('a port slower than the answers gets the newest one, not a queue of old ones', async () => {
  const port = createSerialPort();
  const line = await openLine(port, { baudRate: 300, onLost: assert.fail }); // a byte in 33 ms
  for (let i = 0; i < 100; i += 1) {
    line.send(`${i}\n`);
  }
  await wait(400);
  assert.equal(port.received, '0\n99\n', 'whole lines, the first and the newest');
});

test('a board that reads nothing for a while gets whole lines again afterwards, the newest first', async () => {
  const port = createSerialPort();
  const line = await openLine(port, { baudRate: 115_200, onLost: assert.fail });
  port.stall(true);
  for (let i = 0; i < 50; i += 1) {
    line.send(`${i}\n`);
    await wait(2);
  }
  assert.equal(port.received, '');
  port.stall(false);
  await wait(60);
  assert.equal(port.received, '0\n49\n');
});

test('a cable that is pulled in the middle of a line is told once, later lines are dropped, and it can be plugged in anew', async () => {
  const port = createSerialPort();
  /** @type {unknown[]} */
  const lost = [];
  let disconnected = 0;
  port.addEventListener('disconnect', () => {
    disconnected += 1;
  });
  const line = await openLine(port, { baudRate: 115_200, onLost: (cause) => lost.push(cause) });
  line.send('rock,0.93\n');
  await wait(20);
  port.pull(4);
  for (const text of ['paper,0.50\n', 'paper,0.60\n', 'paper,0.70\n']) {
    line.send(text);
    await wait(10);
  }
  assert.equal(port.received, 'rock,0.93\npape');
  assert.equal(disconnected, 1);
  assert.deepEqual(
    lost.map((cause) => /** @type {DOMException} */ (cause).name),
    ['NetworkError'],
  );
  const other = createSerialPort();
  const again = await openLine(other, { baudRate: 115_200, onLost: assert.fail });
  again.send('rock,0.93\n');
  await wait(20);
  assert.equal(other.received, 'rock,0.93\n');
});

test('a cable that is pulled while nothing is written is told, too', async () => {
  const port = createSerialPort();
  /** @type {unknown[]} */
  const lost = [];
  await openLine(port, { baudRate: 115_200, onLost: (cause) => lost.push(cause) });
  port.pull();
  await wait(5);
  assert.equal(lost.length, 1);
});

test('closing lets the last line arrive and frees the port, also where the board takes nothing in', async () => {
  const port = createSerialPort();
  for (const stalls of [false, true]) {
    const line = await openLine(port, { baudRate: 115_200, onLost: assert.fail });
    port.stall(stalls);
    line.send('rock,0.93\n');
    await line.close();
    assert.equal(port.writable, null);
  }
  assert.equal(port.received, 'rock,0.93\n');
  port.stall(false);
  await openLine(port, { baudRate: 9600, onLost: assert.fail });
  assert.equal(port.openCount, 3);
});

test('a port that another program holds fails at once', async () => {
  const port = createSerialPort();
  await port.open({ baudRate: 9600 });
  await assert.rejects(openLine(port, { baudRate: 9600, onLost: assert.fail }), { name: 'InvalidStateError' });
});
