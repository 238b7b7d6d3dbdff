import { valueAt } from '@limpet/contract';
import { rulesJsonSchema } from './rules-schema.ts';
import type { Path } from './source-positions.ts';

interface JsonSchema {
  properties?: Record<string, JsonSchema & { const?: unknown }>;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
}

/**
 * The keys that a file of this JSON Schema may have at a path. Where the schema has alternatives, those of the one that the
 * file has there.
 *
 * @param discriminator the key that tells the alternatives apart
 */
export const knownKeysOf =
  (schema: unknown, discriminator: string) =>
  (path: Path, file: unknown): string[] => {
    const node = path.reduce<JsonSchema | undefined>((parent, part, depth) => {
      const next = typeof part === 'number' ? parent?.items : parent?.properties?.[String(part)];
      const kind = valueAt(file, [...path.slice(0, depth + 1), discriminator]);
      return next?.oneOf?.find(({ properties }) => properties?.[discriminator]?.const === kind) ?? next;
    }, schema as JsonSchema);
    return Object.keys(node?.properties ?? {});
  };

/** The keys that a rules file may have at `path`; below `stickiness`, those of the method that `file` has there. */
export const knownKeys = knownKeysOf(rulesJsonSchema(), 'method');
