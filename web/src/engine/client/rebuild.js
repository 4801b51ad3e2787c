// A new engine in the state that the book and the head say, without fetching and without embedding anything.

import { toHeadstartError } from '../shared/errors.js';
import { rowsOf } from '../shared/rows.js';

/** @typedef {import('../shared/rpc.js').Ports} Ports */
/** @typedef {import('../shared/rpc.js').ArgsOf<'open'>} Opening */

/**
 * @param {{ ports: Ports, opening: Opening, book: import('./sample-book.js').SampleBook, trainings: import('./trainings.js').Trainings }} parts
 * @param {import('../headstart.d.ts').LongAction} context
 * @param {() => void} noteContents called when the book was read
 */
export async function rebuild({ ports, opening, book, trainings }, context, noteContents) {
  const port = ports.open();
  try {
    const opened = await port.call('open', opening, context);
    const classes = book.classes.map(({ id, name, enabled }) => ({ classId: id, name, enabled }));
    const records = book.records(rowsOf(opened.backbone));
    noteContents();
    for (const record of classes) {
      await port.call('addClass', record);
    }
    const { revision, rows, of } = await port.call('putSamples', { records }, context);
    book.takeRows(rows, of);
    await trainings.moveTo(port, revision);
    ports.keepReserve(opened.parts);
    return { port, revision, opened };
  } catch (cause) {
    await port.close();
    throw toHeadstartError(cause);
  }
}
