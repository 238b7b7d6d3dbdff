import type { RuleKey } from '@limpet/contract';
import type { Finding } from './judge.ts';

/** Number of findings that are kept. */
const keptFindings = 20;

/** Counts the disruptions of clients over a whole simulation, and keeps the first few in words. */
export class DisruptionLog {
  /** Connections opened. */
  connections = 0;
  /** Held connections of changed rules that were closed. */
  drained = 0;
  /** The first disruptions, in words. */
  readonly findings: Finding[] = [];
  readonly #moved = new Set<string>();
  readonly #onDisruption: (finding: Finding) => void;
  #failed = 0;

  /** @param onDisruption - told each of them, also those that are not kept */
  constructor(onDisruption: (finding: Finding) => void = () => {}) {
    this.#onDisruption = onDisruption;
  }

  /** Fresh connections without an answer, and held connections that ended although their rule and VM were unchanged. */
  get failed(): number {
    return this.#failed;
  }

  /** Sticky clients that had to leave a VM which was still there. */
  get clientsMoved(): number {
    return this.#moved.size;
  }

  fail(rule: RuleKey, saw: string): void {
    this.#failed += 1;
    this.#keep(rule, 'an answer on every connection', saw);
  }

  move(rule: RuleKey, client: string, from: string, to: string): void {
    this.#moved.add(client);
    this.#keep(rule, `client ${client} on ${from}`, `it was answered by ${to}`);
  }

  #keep({ ip, port }: RuleKey, expected: string, saw: string): void {
    const finding: Finding = { rule: `${ip}:${port}`, expected, saw };
    this.#onDisruption(finding);
    if (this.findings.length < keptFindings) this.findings.push(finding);
  }
}
