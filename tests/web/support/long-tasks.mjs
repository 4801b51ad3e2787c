// Whether the page ever stood still, judged by processor time: on a busy machine the clock alone would blame the page
// for what other programs took.

import { expect } from '@playwright/test';

/** @typedef {{ name: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number, args: any }} TraceEvent */

const LIMIT_MS = 50;

/**
 * Runs an action and lists the tasks on the page's own thread that took more than 50 ms of the processor (the bound of
 * the Long Tasks specification).
 *
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<unknown>} action
 * @returns {Promise<{ processorMs: number, what: string[] }[]>}
 */
export async function longTasksDuring(page, action) {
  const tasks = await pageTasksDuring(page, action);
  return tasks
    .filter(({ processorMs }) => processorMs > LIMIT_MS)
    .map(({ processorMs, what }) => ({ processorMs: Math.round(processorMs), what: what() }));
}

/**
 * Runs an action and expects no task over 50 ms of it; up to three times, since what the page is to blame for comes back
 * and what a collection of garbage or a cold cache made does not.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} what
 * @param {() => Promise<unknown>} action
 */
export async function expectSmooth(page, what, action) {
  const tries = [];
  for (let index = 0; index < 3; index += 1) {
    const tasks = await longTasksDuring(page, action);
    if (tasks.length === 0) {
      return;
    }
    tries.push(tasks);
  }
  expect(tries, `${what}: long tasks each time`).toEqual([]);
}

/**
 * Runs an action and lists every task on the page's own thread, with the processor time that it took.
 *
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<unknown>} action
 * @returns {Promise<{ processorMs: number, what: () => string[] }[]>}
 */
export async function pageTasksDuring(page, action) {
  const browser = page.context().browser();
  if (!browser) {
    throw new Error('expected a page of a browser of its own');
  }
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  /** @type {Buffer} */
  let trace;
  try {
    await action();
  } finally {
    trace = await browser.stopTracing();
  }
  /** @type {TraceEvent[]} */
  const events = JSON.parse(trace.toString()).traceEvents;
  const pageThreads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(({ name, pid, tid }) => name === 'RunTask' && pageThreads.has(`${pid} ${tid}`));
  if (tasks.length === 0) {
    throw new Error('expected tasks of the page in the trace, found none');
  }
  return tasks.map((task) => ({ processorMs: (task.tdur ?? 0) / 1000, what: () => contentOf(task, events) }));
}

/**
 * The largest parts of a task, for whoever has to find what was slow.
 *
 * @param {TraceEvent} task
 * @param {TraceEvent[]} events
 */
function contentOf({ pid, tid, ts, dur = 0 }, events) {
  return events
    .filter((event) => event.pid === pid && event.tid === tid && event.ts >= ts && event.ts <= ts + dur)
    .filter(({ name, tdur = 0 }) => name !== 'RunTask' && tdur > 2000)
    .sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))
    .slice(0, 6)
    .map(({ name, tdur = 0, args }) => `${name} ${Math.round(tdur / 1000)} ms ${args?.data?.url ?? ''}`.trim());
}
