import type { ChildProcess } from 'node:child_process';

/** More than HAProxy's complaints take; what is older goes, since `log stdout` may write for years. */
const keptBytes = 65_536;

/** The end of what a child wrote to stdout and stderr. */
export class OutputTail {
  #text = '';

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#text = (this.#text + chunk).slice(-keptBytes);
      });
    }
  }

  text(): string {
    return this.#text;
  }
}
