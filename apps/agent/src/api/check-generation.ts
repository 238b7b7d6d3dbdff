import type { Command } from '@limpet/contract';
import { Problem } from './problem.ts';

/** Room for the generations that the agent counts on from the highest that it was told: each change takes the next. */
const room = 2 ** 40;

/** The highest generation that a command may have. */
export const highestGeneration = Number.MAX_SAFE_INTEGER - room;

/** The generations of a command, with where they stand. */
function generationsOf(command: Command): [pointer: string, generation: number][] {
  switch (command.type) {
    case 'putRule':
    case 'removeRule':
      return [['/generation', command.generation]];
    case 'syncRules':
      return [
        ['/snapshot/revision', command.snapshot.revision],
        ...command.snapshot.rules.map(({ generation }, at): [string, number] => [
          `/snapshot/rules/${at}/generation`,
          generation,
        ]),
      ];
    case 'reportRules':
      return [];
  }
}

/**
 * A command may have any generation; near the end of the integers there would be no next one, and changes that come later
 * would not be told apart.
 *
 * @throws Problem `BODY_INVALID`
 */
export function checkGeneration(command: Command): void {
  const errors = generationsOf(command)
    .filter(([, generation]) => generation > highestGeneration)
    .map(([pointer, generation]) => ({ pointer, detail: `expected at most ${highestGeneration}, got ${generation}` }));
  if (errors.length > 0) throw new Problem('BODY_INVALID', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors });
}
