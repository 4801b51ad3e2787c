// Says what a long set-up is doing and what is left: one line that changes in a terminal, plain lines elsewhere.

const isTerminal = Boolean(process.stdout.isTTY);
const QUIET_MS = 5000;

export class Progress {
  #total;
  #number = 0;
  #title = '';
  #startedAt = 0;
  #lastLineAt = 0;

  /** @param {number} stepCount How many steps are to come; what is done already counts as a step that takes no time. */
  constructor(stepCount) {
    this.#total = stepCount;
  }

  /** @param {string} title */
  begin(title) {
    this.#number += 1;
    this.#total = Math.max(this.#total, this.#number);
    this.#title = title;
    this.#startedAt = performance.now();
    this.#lastLineAt = 0;
    this.update('');
  }

  /** @param {string} detail Such as "34 of 120 files". */
  update(detail) {
    const now = performance.now();
    if (!isTerminal && this.#lastLineAt > 0 && now - this.#lastLineAt < QUIET_MS) {
      return;
    }
    this.#lastLineAt = now;
    this.#print(detail ? `${this.#title}: ${detail}` : `${this.#title} …`, false);
  }

  /** @param {string} [detail] */
  end(detail = '') {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    this.#print(`${this.#title}: ${detail || 'done'} (${seconds} s)`, true);
  }

  /** @param {string} title */
  skip(title) {
    this.#number += 1;
    this.#total = Math.max(this.#total, this.#number);
    this.#print(`${title}: already there`, true);
  }

  /**
   * @param {string} text
   * @param {boolean} isLast
   */
  #print(text, isLast) {
    const left = this.#total - this.#number;
    const line = `[${this.#number}/${this.#total}] ${text}${!isLast && left > 0 ? `, then ${left} more` : ''}`;
    if (isTerminal) {
      process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 100) - 1)}${isLast ? '\n' : ''}`);
    } else {
      console.log(line);
    }
  }
}
