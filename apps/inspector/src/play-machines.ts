import {
  createPlayer,
  createRecorder,
  describeMachine,
  type InspectionDocument,
  type MachineDescription,
  type Player,
  type Recorder,
} from '@limpet/inspection';
import type { AnyStateMachine } from 'xstate';
import { newSession } from './server/serve-page.ts';

/** A machine to be played. */
export interface Playable {
  machine: AnyStateMachine;
  /** @defaultValue as `describeMachine` has it */
  description?: MachineDescription;
  input?: unknown;
}

/** Machines that are played in the page: for `servePage`. */
export interface PlayedMachines {
  document: InspectionDocument;
  recorder: Recorder;
  send(actor: string, event: { type: string }): void;
  /** Why machines are only drawn: what they said when they were to begin. */
  notPlayed: readonly string[];
}

/** Begins to play machines. One that cannot begin, as for want of an input, is drawn all the same. */
export function playMachines(
  title: string,
  playables: readonly Playable[],
  now: () => number = Date.now,
): PlayedMachines {
  const recorder = createRecorder({ session: newSession(), now });
  const players = new Map<string, Player>();
  const notPlayed: string[] = [];
  const machines = playables.map(({ machine, input, description = describeMachine(machine) }) => {
    try {
      const player = createPlayer(machine, { record: recorder.record, input, machineId: description.id });
      players.set(player.actor, player);
    } catch (error) {
      notPlayed.push(`${description.id} is not played: ${error instanceof Error ? error.message : String(error)}`);
    }
    return description;
  });
  return {
    document: { format: 'limpet-inspection', version: 1, title, notes: notPlayed, machines, messages: [] },
    recorder,
    notPlayed,
    send(actor, event) {
      const player = players.get(actor);
      if (player === undefined) throw new Error(`no machine ${actor} is played`);
      player.send(event);
    },
  };
}
