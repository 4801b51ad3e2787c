// Programs that use what was saved: files of their own, which tests run. Lines that end with a mark are filled in.

import { fillIn } from './fill-in.js';
import board from './snippets/board.ino?raw';
import core from './snippets/core.cpp?raw';
import node from './snippets/node.mjs?raw';
import p5 from './snippets/p5-sketch.js?raw';
import phone from './snippets/phone.py?raw';
import python from './snippets/python.py?raw';
import web from './snippets/web-page.html?raw';

const SNIPPETS = { board, core, node, p5, phone, python, web };

/** @typedef {keyof typeof SNIPPETS} SnippetName */

/** @param {SnippetName} name @param {{ labels: string[], size: number }} values */
export const snippet = (name, values) => fillIn(SNIPPETS[name], values);
