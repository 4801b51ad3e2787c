// How a project lies on disk, and how it is read with suspicion: what is damaged costs itself and nothing else.
//
// Raise FORMAT with every change that an older page would read wrongly, and say in MIGRATIONS how a record of the format
// before becomes one of the next.

import { crc32 } from '../engine/shared/crc32.js';

/**
 * @typedef {object} KeptClass
 * @property {number} key The page's identity of the class.
 * @property {number | null} id The engine's identity of the class; null: the engine has never seen it.
 * @property {string} name
 * @property {number} slot
 * @property {boolean} enabled
 * @property {boolean} isUntouched
 */
/**
 * @typedef {object} Project
 * @property {string} id
 * @property {number} format
 * @property {string} name
 * @property {number} createdAt
 * @property {number} changedAt
 * @property {number} openedAt
 * @property {number | null} deletedAt When it was deleted; it can come back for a while.
 * @property {string} writer Who may write to it: of two pages the one that opened it last.
 * @property {KeptClass[]} classes In order.
 * @property {Record<string, unknown>} settings Those that belong to the project and not to the person.
 * @property {string[]} backbones Whose rows are kept.
 * @property {Record<number, unknown>} actions What each class does while it is the answer, by the class's key.
 */
/** Where a picture belongs. @typedef {{ sampleId: number, classKey: number, order: number, bytes: number }} Place */
/** @typedef {{ sampleId: number, type: string, bytes: ArrayBuffer, check: number }} KeptPicture */
/** What a backbone saw in a picture. @typedef {{ sampleId: number, bytes: ArrayBuffer, check: number }} KeptRow */
/**
 * @typedef {object} KeptTraining
 * @property {import('../engine/headstart.js').KeptHead} head
 * @property {import('../engine/headstart.js').TrainReport | null} report
 * @property {string} learnt What there was to learn when it was trained.
 */

/**
 * A fine-tuning after its last finished round: after a reload it goes on from there.
 *
 * @typedef {object} KeptRound
 * @property {Uint8Array} file
 * @property {number} check Of the file.
 * @property {number} epoch
 * @property {number} epochCount
 * @property {import('../engine/headstart.js').TrainOptions & { strategy: import('../engine/headstart.js').StrategyName }} options What it was begun with.
 * @property {string} learnt What there was to learn then.
 * @property {string} backbone Whose layers it trains, as rows name it.
 * @property {{ trainLoss: number, heldOutLoss: number, heldOutAccuracy: number }[]} curve Of the rounds so far.
 */

export const FORMAT = 1;

/** From each older format to the next. @type {Record<number, (record: any) => any>} */
const MIGRATIONS = {};

const MOST_NAME_LENGTH = 80;

/** @param {unknown} record */
export const isNewer = (record) => {
  const format = /** @type {any} */ (record)?.format;
  return typeof format === 'number' && format > FORMAT;
};

/**
 * A record of an older format as one of today's.
 *
 * @param {any} record
 * @param {Record<number, (record: any) => any>} [migrations]
 * @param {number} [target]
 */
export function migrate(record, migrations = MIGRATIONS, target = FORMAT) {
  let current = record;
  for (let format = Number(record?.format); format < target; format += 1) {
    const step = migrations[format];
    if (!step) {
      throw new RangeError(`there is no way from format ${format} to ${format + 1}`);
    }
    current = { ...step(current), format: format + 1 };
  }
  return current;
}

/**
 * A project's record as far as it is whole. What is not has its default, and `losses` names it.
 *
 * @param {string} id
 * @param {unknown} value
 * @returns {{ project: Project, losses: string[] }}
 */
export function readProject(id, value) {
  /** @type {any} */
  const record = value !== null && typeof value === 'object' ? value : {};
  /** @type {string[]} */
  const losses = [];
  /** @template T @param {string} field @param {(value: any) => boolean} isWhole @param {T} otherwise @returns {T} */
  const field = (field, isWhole, otherwise) => {
    if (isWhole(record[field])) {
      return record[field];
    }
    losses.push(field);
    return otherwise;
  };
  const isTime = Number.isFinite;
  const isText = (/** @type {unknown} */ text) => typeof text === 'string';
  const changedAt = field('changedAt', isTime, 0);
  /** @type {unknown[]} */
  const classes = field('classes', Array.isArray, []);
  const whole = classes.filter(isKeptClass);
  if (whole.length < classes.length) {
    losses.push('classes');
  }
  const project = {
    id,
    format: FORMAT,
    name: field('name', isText, '').slice(0, MOST_NAME_LENGTH),
    createdAt: field('createdAt', isTime, changedAt),
    changedAt,
    openedAt: field('openedAt', isTime, changedAt),
    deletedAt: field('deletedAt', (time) => time === null || isTime(time), null),
    writer: field('writer', isText, ''),
    classes: whole.filter(({ key }, index) => whole.findIndex((other) => other.key === key) === index),
    settings: field('settings', (settings) => settings !== null && typeof settings === 'object', {}),
    // Older projects have none.
    actions: record.actions !== null && typeof record.actions === 'object' ? record.actions : {},
    backbones: field('backbones', (list) => Array.isArray(list) && list.every(isText), []),
  };
  return { project, losses };
}

/** @param {any} value @returns {value is KeptClass} */
function isKeptClass(value) {
  return (
    value !== null &&
    typeof value === 'object' &&
    Number.isInteger(value.key) &&
    value.key > 0 &&
    (value.id === null || (Number.isInteger(value.id) && value.id > 0)) &&
    typeof value.name === 'string' &&
    value.name.trim() !== '' &&
    Number.isInteger(value.slot) &&
    typeof value.enabled === 'boolean' &&
    typeof value.isUntouched === 'boolean'
  );
}

/** @param {any} value @returns {value is Place} */
export function isPlace(value) {
  return (
    value !== null &&
    typeof value === 'object' &&
    Number.isInteger(value.sampleId) &&
    value.sampleId > 0 &&
    Number.isInteger(value.classKey) &&
    Number.isFinite(value.order)
  );
}

/** @param {any} value @returns {value is KeptRound} */
export function isKeptRound(value) {
  return (
    value?.file instanceof Uint8Array &&
    crc32(value.file) === value.check &&
    Number.isInteger(value.epoch) &&
    Number.isInteger(value.epochCount) &&
    typeof value.options?.strategy === 'string' &&
    typeof value.learnt === 'string' &&
    typeof value.backbone === 'string' &&
    Array.isArray(value.curve)
  );
}

/** @param {any} value @returns {value is KeptTraining} */
export function isKeptTraining(value) {
  return (
    value?.head?.file instanceof Uint8Array &&
    Array.isArray(value.head.classIds) &&
    typeof value.learnt === 'string' &&
    (value.report === null || Array.isArray(value.report?.perClass))
  );
}
