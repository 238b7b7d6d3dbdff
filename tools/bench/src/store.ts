import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type StateChange, sqliteStateStore } from '@limpet/data-plane';

const sizes = [10, 2_000] as const;
const waiters = [1, 32] as const;
const members = 7;

/** What storing changes cost, so many of them waiting at a time. */
interface Cost {
  perSecond: number;
  /** Milliseconds from asking to the acknowledgement. */
  p50: number;
  p99: number;
}

/**
 * The store of a router on a disk: a change of one rule with ten rules and with 2,000, alone and with 31 others that wait.
 * `--seconds` of each, in the folder `--dir`, which decides which disk it is.
 */
export async function benchStore(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string', default: '3' }, dir: { type: 'string', default: tmpdir() } },
  });
  const budgetMs = Number(values.seconds) * 1000;
  const lines = ['rules  waiting  changes/s   p50 ms   p99 ms\n'];
  const first = new Map<number, Cost>();
  for (const rules of sizes) {
    for (const waiting of waiters) {
      const cost = await measure(await mkdtemp(join(values.dir, 'limpet-bench-')), { rules, waiting, budgetMs });
      const { perSecond, p50, p99 } = cost;
      const than = first.get(waiting);
      first.set(waiting, than ?? cost);
      const ratio = than ? `   ${(p50 / than.p50).toFixed(2)} times the p50 with ${sizes[0]} rules` : '';
      lines.push(
        `${String(rules).padStart(5)}  ${String(waiting).padStart(7)}  ${perSecond.toFixed(0).padStart(9)} ` +
          `${p50.toFixed(2).padStart(8)} ${p99.toFixed(2).padStart(8)}${ratio}\n`,
      );
    }
  }
  return lines.join('');
}

async function measure(
  dir: string,
  { rules, waiting, budgetMs }: { rules: number; waiting: number; budgetMs: number },
): Promise<Cost> {
  const path = join(dir, 'state.db');
  const took: number[] = [];
  try {
    await sqliteStateStore.commit(path, Array.from({ length: rules }, (_, at) => changeOf(at, 0)).flat());
    const began = performance.now();
    let changes = 0;
    const writer = async (): Promise<void> => {
      while (performance.now() - began < budgetMs) {
        const asked = performance.now();
        // Each change is of another rule, far from the last.
        const change = ++changes;
        await sqliteStateStore.commit(path, changeOf((change * 7919) % rules, change));
        took.push(performance.now() - asked);
      }
    };
    await Promise.all(Array.from({ length: waiting }, writer));
    const seconds = (performance.now() - began) / 1000;
    took.sort((a, b) => a - b);
    const at = (share: number): number => took[Math.floor(took.length * share)]!;
    return { perSecond: took.length / seconds, p50: at(0.5), p99: at(0.99) };
  } finally {
    await sqliteStateStore.close(path);
    await rm(dir, { recursive: true });
  }
}

/** The rows of one rule's change, as a router stores them. */
function changeOf(at: number, generation: number): StateChange[] {
  const key = `203.0.113.1:${1000 + at}`;
  const vms = Array.from({ length: members }, (_, member) => ({
    vm: `vm${member}`,
    ip: `10.1.${at % 250}.${member + 1}`,
    port: 80,
    state: 'serving',
  }));
  const value = JSON.stringify({ rule: { ip: '203.0.113.1', port: 1000 + at, members: vms }, generation });
  return [
    { kind: 'rules', key, value },
    { kind: 'inForce', key, value },
  ];
}
