// How much of a processor this machine has left for a test: other programs must not decide whether the page is fast.

const SPIN_MS = 300;

/** The part of the time, up to 1, in which a program that wants to run does run. */
export function processorShare() {
  const [started, before] = [performance.now(), process.cpuUsage()];
  while (performance.now() - started < SPIN_MS) {
    // Nothing but wanting to run.
  }
  const { user, system } = process.cpuUsage(before);
  return Math.min(1, (user + system) / 1000 / (performance.now() - started));
}
