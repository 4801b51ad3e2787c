/**
 * Where what was learnt can go: the file for it, and the program that is shown with it.
 */

/** @typedef {(typeof PLACES)[number]} Place */

export const PLACES = /** @type {const} */ ([
  { name: 'headstart', format: 'project', ending: '.headstart.zip', snippet: null, needsHead: false },
  { name: 'oneFile', format: 'html', ending: '.html', snippet: null, needsHead: true },
  { name: 'web', format: 'tfjs', ending: '-tfjs.zip', snippet: 'web', needsHead: true },
  { name: 'p5', format: 'tfjs', ending: '-tfjs.zip', snippet: 'p5', needsHead: true },
  { name: 'python', format: 'onnx', ending: '.onnx', snippet: 'python', needsHead: true },
  { name: 'node', format: 'onnx', ending: '.onnx', snippet: 'node', needsHead: true },
  { name: 'phone', format: 'tflite', ending: '.tflite', snippet: 'phone', needsHead: true },
  { name: 'machine', format: 'teachable-machine-project', ending: '.tm', snippet: null, needsHead: false },
]);
