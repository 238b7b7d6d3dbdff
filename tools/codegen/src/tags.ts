import type { DataType, StringFormat } from './ir.ts';

const NAMES = ['pattern', 'format', 'minimum', 'maximum', 'maxItems', 'uniqueBy'] as const;
type TagName = (typeof NAMES)[number];

/** The limits that a JSDoc comment states. */
export type Tags = Partial<Record<TagName, string>>;

const FORMATS: readonly StringFormat[] = ['ipv4', 'cidrv4', 'date-time'];

/**
 * Splits a JSDoc comment into its sentence and its tags. Several tags may stand in one line; a tag's value has no blank
 * except in `uniqueBy`, which takes paths.
 *
 * @throws Error that says what is wrong with a tag
 */
export function readTags(comment: string): { doc: string; tags: Tags } {
  const text = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*/, '').trim())
    .join(' ');
  const [doc = '', ...parts] = text.split(/(?:^|\s)@(?=[a-z])/);
  const tags: Tags = {};
  for (const part of parts) {
    const [, name = '', value = ''] = /^(\w+)\s*(.*?)\s*$/.exec(part) ?? [];
    if (!isTagName(name)) throw new Error(`unknown tag @${name}; known: ${NAMES.map((n) => `@${n}`).join(' ')}`);
    if (value === '' || (name !== 'uniqueBy' && /\s/.test(value))) throw new Error(`@${name} needs one value`);
    if (name in tags) throw new Error(`@${name} stands twice`);
    tags[name] = value;
  }
  return { doc: doc.replace(/\s+/g, ' ').trim(), tags };
}

/**
 * Puts the limits of `tags` on a type; those of an array's items go through to the items.
 *
 * @throws Error when a tag does not fit the type, or a number has no range
 */
export function applyTags(type: DataType, tags: Tags): DataType {
  const { maxItems, uniqueBy, ...rest } = tags;
  switch (type.kind) {
    case 'array':
      return {
        ...type,
        items: Object.keys(rest).length > 0 ? applyTags(type.items, rest) : type.items,
        ...(maxItems === undefined ? {} : { maxItems: readInteger('maxItems', maxItems) }),
        ...(uniqueBy === undefined ? {} : { uniqueBy: uniqueBy.split(/\s+/) }),
      };
    case 'string': {
      refuseOthers(tags, ['pattern', 'format'], 'a string');
      const format = FORMATS.find((known) => known === tags.format);
      if (tags.format !== undefined && format === undefined)
        throw new Error(`unknown @format ${tags.format}; known: ${FORMATS.join(' ')}`);
      if (tags.pattern !== undefined) new RegExp(tags.pattern);
      return {
        ...type,
        ...(tags.pattern === undefined ? {} : { pattern: tags.pattern }),
        ...(format === undefined ? {} : { format }),
      };
    }
    case 'integer': {
      refuseOthers(tags, ['minimum', 'maximum'], 'a number');
      if (tags.minimum === undefined || tags.maximum === undefined)
        throw new Error('a number needs @minimum and @maximum');
      return { ...type, minimum: readInteger('minimum', tags.minimum), maximum: readInteger('maximum', tags.maximum) };
    }
    default:
      refuseOthers(tags, [], 'this type');
      return type;
  }
}

function isTagName(name: string): name is TagName {
  return NAMES.some((known) => known === name);
}

function refuseOthers(tags: Tags, fitting: readonly TagName[], what: string): void {
  const odd = NAMES.find((name) => name in tags && !fitting.includes(name));
  if (odd !== undefined) throw new Error(`@${odd} does not fit ${what}`);
}

function readInteger(tag: string, value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`@${tag} needs an integer, got ${value}`);
  return number;
}
