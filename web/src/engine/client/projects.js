// Whole projects, out and in: a file of its own in the built library, loaded when one is wanted.
export { machineProjectFile, projectFile } from './project-file.js';
export { importProject } from './project-reader.js';
