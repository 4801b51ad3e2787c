// The files that leave, in the programs that they are for, and the library itself in those that take it along: one process, so that every head is trained once.

import { after } from 'node:test';
import { describeBundlers } from './bundlers.mjs';
import { forgetAll } from './learnt.mjs';
import { describeOnnx } from './onnx.mjs';
import { describeSnippets } from './snippets.mjs';
import { describeTfjs } from './tfjs.mjs';
import { describeTflite } from './tflite.mjs';
import { describeTflite8 } from './tflite8.mjs';

after(forgetAll);
describeOnnx();
describeTfjs();
describeTflite();
describeBundlers();
describeTflite8();
describeSnippets();
