import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { emitCommands } from './emit/commands.ts';
import { emitHandlers } from './emit/handlers.ts';
import { emitSchemas } from './emit/schemas.ts';
import { emitStatecharts } from './emit/statecharts.ts';
import type { Model } from './ir.ts';
import { readModel } from './read-model.ts';

/** A door with a lock: a model small enough to read what comes of it. */
const DOOR = join(import.meta.dirname, '../testdata/door');
let model: Model;
beforeAll(async () => {
  model = await readModel(DOOR);
});

describe('what a small model becomes', () => {
  it('the same each time', async () => expect(await readModel(DOOR)).toEqual(model));

  it('command types', () => {
    expect(body(emitCommands(model))).toBe(`
import type { Lock } from './records.generated.ts';

/** Locks the door. */
export interface LockDoor {
  type: 'lockDoor';
  /** Turns of the key. */
  turns: number;
  camera?: string;
  mode: 'soft' | 'hard';
  names: string[];
}

/** Opens it, for some. */
export interface OpenDoor {
  type: 'openDoor';
  guests: Lock[];
}

export interface RingBell {
  type: 'ringBell';
}

/** Everything that a router can be asked to do. */
export type Command = LockDoor | OpenDoor | RingBell;
`);
  });

  it('schemas', () => {
    const text = emitSchemas(model);
    expect(text).toContain(`export const lockSchema = z.strictObject({
  turns: z.int().min(1).max(3),
  camera: z.ipv4().optional(),
  mode: z.enum(['soft', 'hard']),
  names: z.array(z.string().regex(/^[a-z\\/]+$/)).max(2),
}) satisfies z.ZodType<Lock>;`);
    expect(text).toContain(
      `export const soundSchema = z.discriminatedUnion('kind', [bellSchema, gongSchema]) satisfies z.ZodType<Sound>;`,
    );
  });

  it('one handler a command', () => {
    expect(emitHandlers(model)).toContain(`export interface RouterHandlers {
  /** Locks the door. */
  lockDoor(command: LockDoor): Promise<CommandResult>;
  /** Opens it, for some. */
  openDoor(command: OpenDoor): Promise<CommandResult>;
  ringBell(command: RingBell): Promise<CommandResult>;
}`);
  });

  it('a diagram', () => {
    expect(emitStatecharts(model)).toContain(`stateDiagram-v2
  direction LR
  [*] --> open
  open --> closed : close
  closed --> open : open [isClosed]
  closed --> closed : ring [isPatient]<br>ring
`);
  });
});

function body(text: string): string {
  return text.split('\n').slice(2).join('\n');
}
