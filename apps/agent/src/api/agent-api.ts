import type { Changes, RouterReport, Source } from '@limpet/operations';
import type { Driver } from '../router/driver.ts';

/** What the API needs of the agent. */
export interface ApiAgent {
  driver: Driver;
  /** Whether rules may be changed here. @throws Problem `INPUT_ELSEWHERE`, `AGENT_STARTING`, `AGENT_STOPPING` */
  requireWritable(): void;
  /** Refuses what comes before the last good state is in force. @throws Problem `AGENT_STARTING`, `AGENT_STOPPING` */
  requireRunning(): void;
  /** How the router is. */
  report(): Promise<RouterReport>;
  /** What would change. */
  plan(source: Source): Promise<Changes>;
  /** Why the agent is not ready, a sentence each; none when it is. */
  notReady(): Promise<readonly string[]>;
}
