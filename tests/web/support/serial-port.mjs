// A serial port as browsers have it (Web Serial, wicg.github.io/serial), but for the cable: in a browser without a person there
// is no list to choose a port from, and Linux's pseudo terminals are in no such list (Chromium asks udev, which knows none).
//
// One function, so that a test can hand its text over to a page.

/**
 * What a board on the other end gets is in `received`; the streams hold back as those of a port do: bytes leave one after the
 * other at the speed that was asked for, and what does not fit into the port's buffer waits.
 */
export function createSerialPort() {
  const BITS_OF_A_BYTE = 10; // eight, a start and a stop
  const BUFFER_BYTES = 255; // the default of SerialOptions.bufferSize
  const decoder = new TextDecoder();
  const target = new EventTarget();
  let bytesPerMs = 0;
  let isOpen = false;
  let isPulled = false;
  /** The board does not take anything in: the buffer of its USB chip is full. */
  let isStalled = false;
  /** Bytes until the cable comes out, in the middle of whatever is being written. */
  let bytesLeft = Number.POSITIVE_INFINITY;
  /** @type {WritableStream<Uint8Array> | null} */
  let writable = null;
  /** @type {ReadableStream<Uint8Array> | null} */
  let readable = null;
  /** @type {WritableStreamDefaultController | null} */
  let writes = null;
  /** @type {ReadableStreamDefaultController<Uint8Array> | null} */
  let reads = null;
  const port = Object.assign(target, {
    received: '',
    openCount: 0,
    /** @type {number[]} */
    baudRates: [],
    /** @param {{ baudRate: number }} options */
    async open({ baudRate }) {
      if (isOpen) {
        throw new DOMException('The port is already open.', 'InvalidStateError');
      }
      if (!Number.isInteger(baudRate) || baudRate < 1) {
        throw new TypeError('baudRate must be greater than zero');
      }
      if (isPulled) {
        throw new DOMException('Failed to open serial port.', 'NetworkError');
      }
      isOpen = true;
      port.openCount += 1;
      port.baudRates.push(baudRate);
      bytesPerMs = baudRate / BITS_OF_A_BYTE / 1000;
      writable = new WritableStream(
        { start: setWrites, write, close: ended, abort: ended },
        new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
      );
      readable = new ReadableStream({ start: setReads });
    },
    async close() {
      if (!isOpen) {
        throw new DOMException('The port is already closed.', 'InvalidStateError');
      }
      // As in the specification: a stream that somebody holds cannot be closed over their head.
      if (writable?.locked || readable?.locked) {
        throw new TypeError('Cannot cancel a locked stream');
      }
      await Promise.all([writable?.abort(), readable?.cancel()]);
      [isOpen, writable, readable] = [false, null, null];
    },
    /** Nothing is taken in any more, or all again. @param {boolean} stalls */
    stall(stalls) {
      isStalled = stalls;
    },
    /** The cable comes out: at once, or after so many more bytes. @param {number} [afterBytes] */
    pull(afterBytes = 0) {
      bytesLeft = afterBytes;
      if (afterBytes === 0) {
        lose();
      }
    },
  });
  Object.defineProperties(port, { writable: { get: () => writable }, readable: { get: () => readable } });

  /** @param {WritableStreamDefaultController} controller */
  function setWrites(controller) {
    writes = controller;
  }

  /** @param {ReadableStreamDefaultController<Uint8Array>} controller */
  function setReads(controller) {
    reads = controller;
  }

  function lose() {
    if (isPulled) {
      return;
    }
    isPulled = true;
    const reason = new DOMException('The device has been lost.', 'NetworkError');
    writes?.error(reason);
    reads?.error(reason);
    [isOpen, writable, readable] = [false, null, null];
    target.dispatchEvent(new Event('disconnect', { bubbles: true }));
  }

  function ended() {
    writable = null;
  }

  /** @param {Uint8Array} chunk */
  async function write(chunk) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError('a port takes bytes');
    }
    let at = 0;
    while (at < chunk.length) {
      await new Promise((resolve) => setTimeout(resolve, isStalled ? 5 : Math.min(chunk.length - at, 16) / bytesPerMs));
      if (isPulled) {
        throw new DOMException('The device has been lost.', 'NetworkError');
      }
      if (isStalled) {
        if (writes?.signal.aborted) {
          return;
        }
        continue;
      }
      const part = chunk.subarray(at, at + Math.min(16, bytesLeft));
      port.received += decoder.decode(part, { stream: true });
      at += part.length;
      bytesLeft -= part.length;
      if (bytesLeft <= 0) {
        lose();
        throw new DOMException('The device has been lost.', 'NetworkError');
      }
    }
  }
  return port;
}
