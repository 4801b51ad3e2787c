// What of the page goes into a project and comes back: colours, what classes do, what the network is called, and the report, whose
// classes and pictures are known by their places in the project, since identities are new wherever it is opened.

/** @typedef {import('../engine/headstart.js').TrainReport} TrainReport */
/** @typedef {{ id: number, slot: number, sampleIds: number[] }} Card */

/**
 * What looks at the pictures, as the page and its person call it: the name of its entry in the list, of the file that a person
 * brought (else empty), where it comes from, and whether it is computed in bytes.
 *
 * @typedef {{ choice: string, file: string, source: string, inBytes: boolean }} NetworkNote
 */

const MOST_LETTERS = 300;

/** @param {{ cards: Card[], report: TrainReport | null, actions: unknown[], network: NetworkNote }} page `actions` of each card, in JSON */
export function notesOf({ cards, report, actions, network }) {
  const classAt = new Map(cards.map(({ id }, index) => [id, index]));
  const sampleAt = new Map(cards.flatMap(({ sampleIds }) => sampleIds).map((id, index) => [id, index]));
  return {
    slots: cards.map(({ slot }) => slot),
    actions,
    network,
    report: report && renamed(report, classAt, sampleAt),
  };
}

/**
 * @param {unknown} notes out of a file
 * @param {{ classIds: number[], sampleIds: number[] }} project
 * @returns {{ slots: unknown[], actions: unknown[], network: NetworkNote, report: TrainReport | null }}
 */
export function readNotes(notes, { classIds, sampleIds }) {
  const { slots, actions, report, network } = /** @type {any} */ (notes ?? {});
  const isReport =
    report && Array.isArray(report.perClass) && Array.isArray(report.heldOut) && Array.isArray(report.leftOut);
  return {
    slots: Array.isArray(slots) ? slots : [],
    actions: Array.isArray(actions) ? actions : [],
    network: {
      choice: textOf(network?.choice),
      file: textOf(network?.file),
      source: textOf(network?.source),
      inBytes: network?.inBytes === true,
    },
    report: isReport ? renamed(report, new Map(classIds.entries()), new Map(sampleIds.entries())) : null,
  };
}

/** @param {unknown} value */
const textOf = (value) => (typeof value === 'string' ? value.slice(0, MOST_LETTERS) : '');

/** @param {TrainReport} report @param {Map<number, number>} classes @param {Map<number, number>} samples @returns {TrainReport} */
function renamed(report, classes, samples) {
  const name = (/** @type {any} */ entry) => {
    const classId = classes.get(entry.classId);
    return classId === undefined ? [] : [{ ...entry, classId }];
  };
  return {
    ...report,
    perClass: report.perClass.flatMap(name),
    heldOut: report.heldOut.flatMap(name).flatMap((entry) => {
      const sampleId = samples.get(entry.sampleId);
      return sampleId === undefined ? [] : [{ ...entry, sampleId }];
    }),
    leftOut: report.leftOut.flatMap((id) => classes.get(id) ?? []),
  };
}
