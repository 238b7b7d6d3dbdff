import type { CommandResult, RuleStatus } from '@limpet/contract';
import type { TranscriptClock } from './transcript-clock.ts';

/** Shorter waits are polls, which tell a reader nothing. */
const shownMs = 100;

/** The output of the block that is being played. */
export class TranscriptOutput {
  readonly #clock: TranscriptClock;
  #lines: { text: string; connections: number }[] = [];
  #deferred: string[] = [];
  #shownAt: number;
  /** By rule id and type, what was last printed of each condition. */
  readonly #conditions = new Map<string, Map<string, string>>();

  constructor(clock: TranscriptClock) {
    this.#clock = clock;
    this.#shownAt = clock.now();
  }

  print(text: string): void {
    this.#showTime();
    this.#lines.push({ text, connections: 0 });
  }

  /** Prints these lines once the conditions that came before them are printed. */
  defer(lines: readonly string[]): void {
    this.#deferred.push(...lines);
  }

  printDeferred(): void {
    for (const line of this.#deferred.splice(0)) this.print(line);
  }

  /** Prints a line about one connection; the same line again only counts one more. */
  printConnection(text: string): void {
    this.#showTime();
    const last = this.#lines.at(-1);
    if (last?.text === text) last.connections++;
    else this.#lines.push({ text, connections: 1 });
  }

  /** Prints the conditions of these rules that say something else than before, with the message of what is wrong. */
  printConditions(rules: readonly RuleStatus[]): void {
    for (const { key, conditions } of rules) {
      const id = `${key.ip}:${key.port}`;
      const before = this.#conditions.get(id) ?? new Map<string, string>();
      this.#conditions.set(id, before);
      const words: string[] = [];
      const messages = new Set<string>();
      for (const { type, status, reason, observedGeneration, message } of conditions) {
        const text = `${type}=${status}/${reason} @${observedGeneration}`;
        if (before.get(type) === text) continue;
        before.set(type, text);
        words.push(text);
        if (status !== 'True' && reason !== 'Verifying') messages.add(message);
      }
      if (words.length > 0) this.print(`${id} ${words.join(', ')}`);
      for (const message of messages) this.print(`  ${message}`);
    }
  }

  /** Prints what a router reports, and forgets the rules that are not in it. */
  printReport({ rules }: CommandResult): void {
    const ids = new Set(rules.map(({ key }) => `${key.ip}:${key.port}`));
    for (const id of this.#conditions.keys()) if (!ids.has(id)) this.#conditions.delete(id);
    this.printConditions(rules);
  }

  /** All conditions are printed anew. */
  forgetConditions(): void {
    this.#conditions.clear();
  }

  /** The lines since the last call. */
  take(): string[] {
    this.printDeferred();
    this.#showTime();
    const lines = this.#lines.map(({ text, connections }) =>
      connections === 0 ? text : `${text} (${connections} connection${connections === 1 ? '' : 's'})`,
    );
    this.#lines = [];
    this.#shownAt = this.#clock.now();
    return lines;
  }

  #showTime(): void {
    const passed = this.#clock.now() - this.#shownAt;
    if (passed < shownMs) return;
    this.#shownAt = this.#clock.now();
    this.#lines.push({ text: `(${passed} ms later)`, connections: 0 });
  }
}
