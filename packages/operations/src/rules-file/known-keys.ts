import { rulesJsonSchema } from './rules-schema.ts';
import { type Path, valueAt } from './source-positions.ts';

interface JsonSchema {
  properties?: Record<string, JsonSchema & { const?: unknown }>;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
}

const schema = rulesJsonSchema() as JsonSchema;

/** The keys that a rules file may have at `path`; below `stickiness`, those of the method that `file` has there. */
export function knownKeys(path: Path, file: unknown): string[] {
  const node = path.reduce<JsonSchema | undefined>((parent, part, depth) => {
    const next = typeof part === 'number' ? parent?.items : parent?.properties?.[String(part)];
    const method = valueAt(file, [...path.slice(0, depth + 1), 'method']);
    return next?.oneOf?.find(({ properties }) => properties?.method?.const === method) ?? next;
  }, schema);
  return Object.keys(node?.properties ?? {});
}
