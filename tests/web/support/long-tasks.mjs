/**
 * Whether the page ever stood still, judged by processor time: on a busy machine the clock alone would blame the page
 * for what other programs took.
 */

const LIMIT_MS = 50;

/**
 * Runs an action and lists the tasks on the page's own thread that took more than 50 ms of the processor (the bound of
 * the Long Tasks specification).
 *
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<unknown>} action
 * @returns {Promise<{ name: string, processorMs: number }[]>}
 */
export async function longTasksDuring(page, action) {
  const browser = page.context().browser();
  if (!browser) {
    throw new Error('expected a page of a browser of its own');
  }
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
  /** @type {Buffer} */
  let trace;
  try {
    await action();
  } finally {
    trace = await browser.stopTracing();
  }
  /** @type {{ name: string, pid: number, tid: number, tdur?: number, args: any }[]} */
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
  return tasks
    .filter(({ tdur = 0 }) => tdur > 1000 * LIMIT_MS)
    .map(({ name, tdur = 0 }) => ({ name, processorMs: Math.round(tdur / 1000) }));
}
