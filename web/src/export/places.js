// Where what was learnt can go: the file for it, and the program that is shown with it.

/** @typedef {(typeof PLACES)[number]} Place */

export const PLACES = /** @type {const} */ ([
  {
    name: 'headstart',
    format: 'project',
    ending: '.headstart.zip',
    snippet: null,
    needsHead: false,
    needsPictures: true,
  },
  { name: 'oneFile', format: 'html', ending: '.html', snippet: null, needsHead: true, needsPictures: false },
  { name: 'web', format: 'tfjs', ending: '-tfjs.zip', snippet: 'web', needsHead: true, needsPictures: false },
  { name: 'p5', format: 'tfjs', ending: '-tfjs.zip', snippet: 'p5', needsHead: true, needsPictures: false },
  { name: 'python', format: 'onnx', ending: '.onnx', snippet: 'python', needsHead: true, needsPictures: false },
  { name: 'node', format: 'onnx', ending: '.onnx', snippet: 'node', needsHead: true, needsPictures: false },
  { name: 'phone', format: 'tflite', ending: '.tflite', snippet: 'phone', needsHead: true, needsPictures: false },
  {
    name: 'smallPhone',
    format: 'tflite-int8',
    ending: '-8bit.tflite',
    snippet: 'phone',
    needsHead: true,
    needsPictures: true,
  },
  { name: 'board', format: 'c-array', ending: '.h', snippet: 'board', needsHead: true, needsPictures: true },
  {
    name: 'machine',
    format: 'teachable-machine-project',
    ending: '.tm',
    snippet: null,
    needsHead: false,
    needsPictures: true,
  },
  { name: 'head', format: 'head', ending: '.safetensors', snippet: 'core', needsHead: true, needsPictures: false },
  {
    name: 'plainHead',
    format: 'head-1',
    ending: '-plain.safetensors',
    snippet: null,
    needsHead: true,
    needsPictures: true,
  },
]);

/** Whether what such a file loses is measured on the person's pictures. @param {Place} place */
export const isMeasured = ({ format }) => ['tflite-int8', 'c-array', 'head-1'].includes(format);
