// Runs in a dedicated worker: the page's thread never computes.
import { Host } from './host.js';
import { serve } from './rpc.js';

serve(/** @type {any} */ (globalThis), new Host());
