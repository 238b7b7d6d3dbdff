import type { Clock } from '@limpet/data-plane';
import type { Logger } from 'pino';
import type { ServiceManager } from './service-manager.ts';

/** What the service manager is told of. */
export interface Watched {
  clock: Pick<Clock, 'now' | 'after'>;
  /** When the round of reconciliation that is under way began; undefined when none is. */
  busySince: () => number | undefined;
  log: Pick<Logger, 'warn'>;
}

/** Tells the service manager how the agent is. */
export interface ManagerReport {
  /** The last good state is in force. From now on it is told that the agent is alive, too. */
  ready(): Promise<void>;
  stopping(): Promise<void>;
}

/**
 * Tells the service manager that the agent is ready, alive and stopping. Alive is an agent whose reconciliation comes to its
 * rounds' ends: a timer alone would go on when that hangs. A round may take as long as HAProxy takes to start, so one that is
 * under way counts as hanging after half of the manager's patience.
 */
export function reportTo(manager: ServiceManager, { clock, busySince, log }: Watched): ManagerReport {
  const { watchdogMs } = manager;
  let cancel = (): void => {};
  const tell = async (...assignments: string[]): Promise<void> => {
    const why = await manager.tell(...assignments);
    if (why !== undefined) log.warn({ why, assignments }, 'the service manager was not told');
  };
  const watch = (withinMs: number): void => {
    cancel = clock.after(withinMs / 4, () => {
      watch(withinMs);
      const since = busySince();
      if (since === undefined || clock.now() - since < withinMs / 2) void tell('WATCHDOG=1');
      else log.warn({ since: new Date(since).toISOString() }, 'a round of reconciliation hangs');
    });
  };
  return {
    async ready() {
      await tell('READY=1', 'STATUS=The last good state is in force.');
      if (watchdogMs !== undefined) watch(watchdogMs);
    },
    async stopping() {
      cancel();
      await tell('STOPPING=1', 'STATUS=Stopping; HAProxy goes on.');
    },
  };
}
