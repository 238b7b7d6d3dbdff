import type * as z from 'zod';

/** What JSON can hold. */
export type Json = z.core.util.JSONType;

/** Deeper than this, a value is shown as `...`. */
const DEEPEST = 8;

/**
 * A value as JSON, whatever it is: Map and Set as lists, functions, actors and circles by a word. Contexts and events of
 * machines hold anything, and to look at them must not change what happens.
 */
export function plainJson(value: unknown, depth = 0): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return `(${typeof value})`;
  if (depth >= DEEPEST) return '...';
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Map) return [...value].map((pair) => plainJson(pair, depth + 1));
  if (value instanceof Set || Array.isArray(value)) return [...value].map((each) => plainJson(each, depth + 1));
  if ('sessionId' in value && 'send' in value) return `(actor ${String(value.sessionId)})`;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, plainJson(each, depth + 1)]));
}

/** An event as JSON. */
export function plainEvent(event: { type: string }): { type: string; [key: string]: Json } {
  return { ...(plainJson(event) as Record<string, Json>), type: event.type };
}
