// What leaves for other programs: which formats there are, and what each of them is asked of.

import { HeadstartError, requireArgument, show, throwIfAborted } from '../shared/errors.js';
import { checkDate, checkLongAction } from './checks.js';

/** @typedef {import('../headstart-export.d.ts').ExportOptions} ExportOptions */

/** Written by the engine from the network and the head. */
const MODEL_FORMATS = ['tfjs', 'onnx', 'tflite', 'tflite-float16'];
/** Fitted to pictures first. */
const QUANTISED_FORMATS = ['tflite-int8', 'c-array'];
const FORMATS = [
  ...MODEL_FORMATS,
  ...QUANTISED_FORMATS,
  'html',
  'head',
  'head-1',
  'project',
  'teachable-machine-project',
];

/** What Teachable Machine and ml5 give a model, whatever it was trained for. */
const MACHINE_SIDE = 224;

/**
 * @param {ExportOptions} options
 * @param {import('./engine-line.js').EngineLine} line
 * @param {import('./sample-book.js').SampleBook} book
 * @param {import('./trainings.js').Trainings} trainings
 * @param {import('../headstart.d.ts').BackboneInfo} backbone
 * @returns {Promise<Uint8Array>}
 */
export async function exportModel(options, line, book, trainings, backbone) {
  line.requireOpen();
  const { format, title = '', date = new Date(), signal } = checkLongAction(options, 'exportModel');
  requireArgument(FORMATS.includes(format), `expected a format of ${FORMATS.join(', ')}, got ${show(format)}`);
  requireArgument(typeof title === 'string', `title is a text, got ${show(title)}`);
  throwIfAborted(signal);
  const text = checkDate(date);
  if (format === 'head') {
    return trainings.exportHead({ date: text });
  }
  if (format === 'head-1') {
    return trainings.exportPlainHead(options, text);
  }
  if (format === 'project') {
    return withProjects((projects) => projects.projectFile(book, trainings, backbone, options));
  }
  if (format === 'teachable-machine-project') {
    return withProjects((projects) => projects.machineProjectFile(book, options));
  }
  if (format === 'html') {
    const { threshold = 0, knownThreshold = 0 } = options.answer ?? {};
    requireArgument(isPart(threshold) && isPart(knownThreshold), 'thresholds of the answer are numbers from 0 to 1');
    const settings = { title, threshold, knownThreshold };
    return line.change('exportPage', { date: text, settings }, { signal, onProgress: options.onProgress });
  }
  if (QUANTISED_FORMATS.includes(format)) {
    const model = { format, pictureSize: 0, title, date: text };
    const args = { date: text, model };
    const { file, loss } = await line.change('exportQuantised', args, { signal, onProgress: options.onProgress });
    options.onMeasured?.(loss);
    return file;
  }
  const pictureSize =
    format === 'tfjs' ? checkSide(options.pictureSize ?? Math.max(MACHINE_SIDE, backbone.inputSize)) : 0;
  return line.change('exportHead', { date: text, model: { format, pictureSize, title, date: text } }, { signal });
}

/**
 * @param {import('./engine-line.js').EngineLine} line
 * @param {import('./trainings.js').Trainings} trainings
 * @returns {Promise<import('../headstart-export.d.ts').RefusedFormat[]>}
 */
export async function refusedFormats(line, trainings) {
  line.requireOpen();
  /** @type {import('../headstart-export.d.ts').RefusedFormat[]} */
  const refused = /** @type {any} */ (await line.change('refusedFormats', undefined));
  const { plainRefusal } = trainings;
  return plainRefusal ? [...refused, { format: 'head-1', reason: plainRefusal }] : refused;
}

/** @param {unknown} value */
const isPart = (value) => typeof value === 'number' && value >= 0 && value <= 1;

/** @param {number} side */
function checkSide(side) {
  requireArgument(Number.isInteger(side) && side > 0, `pictureSize is a whole number of pixels, got ${show(side)}`);
  return side;
}

/**
 * @param {Uint8Array | ArrayBuffer} bytes
 * @param {import('../headstart.d.ts').Trainer} trainer
 * @param {import('../headstart-export.d.ts').ImportOptions} options
 */
export function importProject(bytes, trainer, options) {
  return withProjects((projects) => projects.importProject(bytes, trainer, options));
}

/**
 * That file has an error class of its own, which no caller knows.
 * @template T
 * @param {(projects: typeof import('./projects.js')) => Promise<T>} action
 */
async function withProjects(action) {
  const projects = await import('./projects.js');
  try {
    return await action(projects);
  } catch (cause) {
    const { name, code, message } = /** @type {HeadstartError} */ (cause);
    throw name === 'HeadstartError' ? new HeadstartError(code, message) : cause;
  }
}
