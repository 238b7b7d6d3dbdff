import { useContext, useEffect, useState } from 'react';
import { type Line, Plot } from '../plots/plot.tsx';
import { add } from '../store/trends.ts';
import { AskRuleContext } from './ask-rule.ts';

/** Milliseconds between two questions, which are two commands for HAProxy. */
const ASK_MS = 1000;
/** More lines cannot be told apart. */
const MOST_LINES = 12;

/** The connections of each member, from when this was opened on. */
export function ConnectionsPlot({ rule }: { rule: string }) {
  const ask = useContext(AskRuleContext);
  const [lines, setLines] = useState<readonly Line[]>([]);

  useEffect(() => {
    if (ask === undefined) return;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      try {
        const { at, servers } = await ask.load(rule);
        if (wanted) setLines((before) => withPoint(before, at, servers.slice(0, MOST_LINES)));
      } catch {
        // The details beside it say what is wrong; it is asked again.
      }
      if (wanted) timer = setTimeout(() => void look(), ASK_MS);
    };
    void look();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [ask, rule]);

  return <Plot title="Connections" lines={lines} unit="" version={lines[0]?.times.length ?? 0} steps />;
}

/** The lines with one more point each; with other members they begin anew. */
function withPoint(
  before: readonly Line[],
  at: number,
  servers: readonly { vm: string; connections: number }[],
): readonly Line[] {
  const same = before.length === servers.length && before.every(({ label }, index) => label === servers[index]!.vm);
  return servers.map(({ vm, connections }, index): Line => {
    const { times, values } = same ? before[index]! : { times: [], values: [] };
    const line = { label: vm, times: [...times], values: [...values] };
    add(line, at, connections);
    return line;
  });
}
