import type { AgentClient } from '@limpet/agent/client';

/** What an agent's process takes, as its metrics say. */
export interface ProcessFigures {
  cpuSeconds: number;
  residentMb: number;
  /** Seconds since the epoch: another process has another one. */
  started: number;
  /** Reloads of HAProxy since the agent runs. */
  reloads: number;
}

/** Reads `/metrics` of an agent. */
export async function processFigures(client: AgentClient): Promise<ProcessFigures> {
  const text = await client.text('/metrics');
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    );
  return {
    cpuSeconds: sum('process_cpu_seconds_total'),
    residentMb: sum('process_resident_memory_bytes') / 1024 / 1024,
    started: sum('process_start_time_seconds'),
    reloads: sum('limpet_haproxy_reloads_total'),
  };
}
