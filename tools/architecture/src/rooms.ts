import { posix } from 'node:path';
import { importsOf } from './syntax.ts';
import { isTest, type Source } from './workspaces.ts';

/** A folder whose rooms stand on floors: an import leads down, or stays in its room. */
export interface House {
  folder: string;
  /** From the top floor to the ground; rooms of one floor do not know each other. */
  floors: readonly (readonly string[])[];
}

/** The houses that ARCHITECTURE.md draws. */
export const houses: readonly House[] = [
  {
    folder: 'packages/router/src/haproxy',
    floors: [
      ['reconcile'],
      ['apply', 'verify'],
      ['plan', 'state', 'admission', 'drain'],
      ['runtime', 'firewall'],
      ['config'],
    ],
  },
  {
    folder: 'packages/conformance/src',
    floors: [['mutants'], ['run'], ['changes'], ['oracle'], ['concretize'], ['sut', 'suites'], ['model', 'faults']],
  },
  {
    folder: 'packages/state-space/src',
    floors: [['analysis', 'spin'], ['transition-system'], ['compile'], ['component'], ['composition', 'entry']],
  },
  { folder: 'packages/model/src', floors: [['system'], ['statecharts']] },
];

/** Imports between rooms that do not lead down, as `file:line imports FILE; ROOM stands below ROOM`. */
export function roomFindings(sources: readonly Source[], all: readonly House[] = houses): string[] {
  return all.flatMap(({ folder, floors }) => {
    const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));
    const roomOf = (path: string): string | undefined => {
      if (!path.startsWith(`${folder}/`)) return undefined;
      const [room, inside] = path.slice(folder.length + 1).split('/');
      return inside === undefined ? undefined : room;
    };
    return sources.flatMap(({ path, text }) => {
      const from = roomOf(path);
      if (from === undefined || isTest(path)) return [];
      if (!floorOf.has(from))
        return [`${path}: the room ${from} stands on no floor of tools/architecture/src/rooms.ts`];
      return importsOf(path, text).flatMap(({ specifier, line }) => {
        if (!specifier.startsWith('.')) return [];
        const target = posix.join(posix.dirname(path), specifier);
        const to = roomOf(target);
        if (to === undefined || to === from) return [];
        const isBelow = (floorOf.get(to) ?? Number.NEGATIVE_INFINITY) > floorOf.get(from)!;
        return isBelow ? [] : [`${path}:${line} imports ${target}; ${to} does not stand below ${from}`];
      });
    });
  });
}
