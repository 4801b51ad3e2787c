// Runs in a dedicated worker: the page's thread never computes.

import { serve } from '../shared/rpc.js';
import { Host } from './host.js';

serve(/** @type {any} */ (globalThis), new Host());
