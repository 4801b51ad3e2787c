// A line to a micro:bit, an Arduino or anything else behind a serial port.

/** Whether this browser has Web Serial (Chromium on a computer does). */
export const hasSerial = () => 'serial' in navigator;

/** What a board that takes nothing in any more gets, before its line is cut. */
const LAST_LINE_MS = 500;

/**
 * @param {{ readable: ReadableStream | null, writable: WritableStream<Uint8Array> | null,
 *   open(options: { baudRate: number }): Promise<void>, close(): Promise<void> }} port
 * @param {{ baudRate: number, onLost: (cause: unknown) => void }} options
 */
export async function openLine(port, { baudRate, onLost }) {
  await port.open({ baudRate });
  if (!port.writable) {
    throw new Error('the port cannot be written to');
  }
  const writer = port.writable.getWriter();
  const encoder = new TextEncoder();
  /** @type {string | null} */
  let waiting = null;
  let isWriting = false;
  let isOpen = true;
  // A cable that is pulled ends the stream, whether anything is being written or not.
  void writer.closed.catch(lose);

  /** @param {unknown} cause */
  async function lose(cause) {
    if (!isOpen) {
      return;
    }
    isOpen = false;
    writer.releaseLock();
    onLost(cause);
    await port.close().catch(() => {}); // it may be closed already; else it could never be opened again
  }

  async function drain() {
    isWriting = true;
    try {
      while (waiting !== null && isOpen) {
        const line = waiting;
        waiting = null;
        await writer.write(encoder.encode(line));
      }
    } catch (cause) {
      await lose(cause);
    } finally {
      isWriting = false;
    }
  }

  return {
    /** Sends a line. Where the port is slower than the answers, only the newest one waits. @param {string} line */
    send(line) {
      if (!isOpen) {
        return;
      }
      waiting = line;
      if (!isWriting) {
        void drain();
      }
    },
    /** Lets the line that is on its way arrive; a board that takes nothing in is not waited for. */
    async close() {
      isOpen = false;
      const written = writer.close().catch(() => {}); // the cable may have been pulled
      await Promise.race([written, new Promise((resolve) => setTimeout(resolve, LAST_LINE_MS))]);
      await writer.abort().catch(() => {});
      writer.releaseLock();
      await port.close().catch(() => {});
    },
  };
}
