// A line to a micro:bit, an Arduino or anything else behind a serial port.

/** Whether this browser has Web Serial (Chromium on a computer does). */
export const hasSerial = () => 'serial' in navigator;

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

  async function drain() {
    isWriting = true;
    try {
      while (waiting !== null && isOpen) {
        const line = waiting;
        waiting = null;
        await writer.write(encoder.encode(line));
      }
    } catch (cause) {
      if (isOpen) {
        isOpen = false;
        onLost(cause);
      }
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
    async close() {
      isOpen = false;
      try {
        await writer.close();
      } catch {
        // The cable was pulled: there is nothing left to close.
      }
      await port.close().catch(() => {});
    },
  };
}
