import type { RuleKey } from '@limpet/contract';
import type { Finding } from './judge.ts';

/** More would be of the same. */
const keptFindings = 20;

/** Counts what happened to the clients, over a whole simulation. */
export class DisruptionLog {
  /** Connections opened. */
  connections = 0;
  /** Held connections of changed rules that were closed. */
  drained = 0;
  /** The first disturbances, in words. */
  readonly findings: Finding[] = [];
  readonly #moved = new Set<string>();
  #failed = 0;

  /** Fresh connections without an answer, and held ones that died although nothing was done to their rule or VM. */
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
    if (this.findings.length < keptFindings) this.findings.push({ rule: `${ip}:${port}`, expected, saw });
  }
}
