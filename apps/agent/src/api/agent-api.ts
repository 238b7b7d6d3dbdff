import type { HaproxySettings } from '@limpet/contract';
import type { PageFile } from '@limpet/inspection';
import type { SettingsPatch, Source } from '@limpet/operations';
import type { AnswerJournal } from '../idempotency/answer-journal.ts';
import type { AgentRecording } from '../inspect/agent-recording.ts';
import type { EventLog } from '../observe/event-log.ts';
import type { Applied, Driver } from '../router/driver.ts';
import type { RouterViews } from '../router/views.ts';
import type { Streams } from './streams.ts';

/** What the API needs of the agent. */
export interface ApiAgent {
  driver: Driver;
  /** Whether rules may be changed here. @throws Problem `INPUT_ELSEWHERE`, `AGENT_STARTING`, `AGENT_STOPPING` */
  requireWritable(): void;
  views: Pick<RouterViews, 'report' | 'ruleView' | 'ruleLoad' | 'plan'>;
  /**
   * What HAProxy is to be told: these settings as a rules file has them, or the former ones where nothing is said, and the
   * agent's own configuration before both.
   *
   * @throws RouterError `ROUTER_SETTINGS_INVALID`
   */
  settingsFor(said: SettingsPatch | undefined): HaproxySettings;
  /** Applies a databag that was handed over. @throws Problem `INPUT_ELSEWHERE`, `AGENT_STARTING`, `AGENT_STOPPING` */
  submit(source: Source): Promise<Applied>;
  /** Answers to requests that came with an Idempotency-Key. */
  answers: AnswerJournal;
  /** What has happened, and who listens. */
  events: EventLog;
  /** The same for the inspector. */
  recording: AgentRecording;
  /** Those of its clients who follow one of both. */
  streams: Streams;
  /** The files of the inspector's page. @throws Problem `PAGE_UNAVAILABLE` */
  pageFiles(): Promise<ReadonlyMap<string, PageFile>>;
  /** Aborted when the agent stops: streams end. */
  stopping: AbortSignal;
  /** The text that Prometheus reads. */
  metrics(): Promise<{ body: string; contentType: string }>;
  /** What is wrong with Limpet itself: steps that the model does not allow. */
  complaints(): readonly string[];
  /** Why the agent is not ready, a sentence each; none when it is. */
  notReady(): Promise<readonly string[]>;
}
