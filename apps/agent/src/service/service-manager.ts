import type { RealDataPlaneOptions } from '@limpet/data-plane';

/** The service manager that started this process and waits for its word, as systemd's `Type=notify`. */
export interface ServiceManager {
  /** Milliseconds after which it kills a process that does not say that it is alive; undefined: it does not wait for that. */
  watchdogMs: number | undefined;
  /**
   * Says how this process is, such as `READY=1` (sd_notify(3)).
   *
   * @returns why it could not be said; undefined when it was
   */
  tell(...assignments: readonly string[]): Promise<string | undefined>;
}

/**
 * The service manager that this environment names; undefined when none does. Node cannot send to its socket, which is one for
 * datagrams, so each word is a call of `systemd-notify`: 12 ms.
 *
 * @param pid of this process: a watchdog for another one is none of its business
 */
export function serviceManager(
  { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv,
  pid: number,
  exec: RealDataPlaneOptions['exec'],
): ServiceManager | undefined {
  if (!NOTIFY_SOCKET) return undefined;
  const isWatched = Number(WATCHDOG_USEC) > 0 && (WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === pid);
  return {
    watchdogMs: isWatched ? Number(WATCHDOG_USEC) / 1000 : undefined,
    async tell(...assignments) {
      try {
        const { code, stderr } = await exec('systemd-notify', assignments);
        return code === 0 ? undefined : stderr.trim();
      } catch (error) {
        return (error as Error).message;
      }
    },
  };
}
