import type { Command, CommandResult } from '@limpet/contract';
import type { ManagementEvent, ManagementState } from '@limpet/model';
import type { Finding } from '../clients/judge.ts';
import type { Group } from '../cloud/group.ts';

/** Is told what happens in a run, as it happens; it changes nothing. */
export interface RunObserver {
  began(state: ManagementState, groups: readonly Group[]): void;
  stepped(event: ManagementEvent, after: ManagementState): void;
  sent(command: Command): void;
  answered(command: Command, result: CommandResult): void;
  /** The clients' verdict on a change; undefined: all of them see it. */
  judged(group: Group, finding: Finding | undefined): void;
  /** A client was moved, or a connection failed. */
  disrupted(finding: Finding): void;
}
