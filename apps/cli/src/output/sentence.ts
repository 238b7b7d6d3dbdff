import type { SimulationResult } from '@limpet/simulator';

/** Says in one sentence what a simulation found, for a reader who does not know stick tables. */
export function sentence(result: SimulationResult): string {
  return [changes(result), disturbances(result), cost(result)].filter((part) => part !== '').join(', ');
}

function changes(result: SimulationResult): string {
  const { changes, changesNotInForce: missing } = result;
  if (changes === 0) return '';
  if (missing === 0) return `${changes} of ${changes} changes in force on fresh and held connections`;
  return `${missing} of ${changes} changes are not in force${remedy(result)}`;
}

function remedy({ changes, changesInForceAfterWorkaround: mended, vmsRecreated }: SimulationResult): string {
  if (mended === null) return '';
  const outcome = mended === changes ? 'mends it' : `leaves ${changes - mended} of them so`;
  return ` (recreating ${vmsRecreated} VMs ${outcome})`;
}

function disturbances({ clientsMoved, clients, connectionsFailed, connections }: SimulationResult): string {
  const moved =
    clientsMoved === 0
      ? '0 clients moved'
      : `${clientsMoved} of ${clients} clients lost their VM for no reason of their own`;
  if (connectionsFailed === 0) return moved;
  return `${moved}, ${connectionsFailed} of ${connections} connections failed`;
}

const cost = ({ reloads }: SimulationResult): string => (reloads === 1 ? '1 reload' : `${reloads} reloads`);
