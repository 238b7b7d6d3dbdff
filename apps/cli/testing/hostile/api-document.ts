/** A schema of an OpenAPI 3.1 document, as far as the agent uses it. */
export interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  default?: unknown;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: unknown;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
}

interface Operation {
  parameters?: { in: 'path' | 'query' | 'header'; name: string; schema: JsonSchema }[];
  requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
}

/** What the agent answers to `GET /openapi.json`. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

/** One route of the API. */
export interface Route extends Operation {
  method: string;
  path: string;
}

/** All routes. */
export const routesOf = ({ paths }: ApiDocument): Route[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  );

/** A field of a body: where it stands in a value that is right, and what may stand there. */
export interface BodyField {
  path: readonly (string | number)[];
  schema: JsonSchema;
  /** The whole body, right but for what is put into this field. */
  body: unknown;
}

/** Texts of which the first that fits stands for a field. A pattern that none fits needs one more here. */
const samples = ['web-1', '/health', '200', '5s', '200k', 'local0', '127.0.0.1:80', '203.0.113.10:80', 'TLSv1.2'];

/** The simplest value that fits. Objects have what they must have. */
export function valueFor(schema: JsonSchema): unknown {
  const [first] = schema.oneOf ?? schema.anyOf ?? [];
  if (first) return valueFor(first);
  if (schema.enum) return schema.enum[0];
  switch ([schema.type].flat()[0]) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'string':
      return text(schema);
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, valueFor(schema.properties?.[name] ?? {})]),
      );
  }
}

function text({ format, pattern }: JsonSchema): string {
  if (format === 'ip' || format === 'ipv4') return '203.0.113.10';
  if (format === 'ipv4-cidr' || format === 'cidrv4') return '10.0.0.0/8';
  const fit = pattern === undefined ? 'text' : samples.find((sample) => new RegExp(pattern).test(sample));
  if (fit === undefined) throw new Error(`no sample fits ${pattern}; give one in samples`);
  return fit;
}

/** Every field of a body, also of each alternative, each in a body of its own. */
export function fieldsOf(
  schema: JsonSchema,
  path: BodyField['path'] = [],
  put: (value: unknown) => unknown = (value) => value,
): BodyField[] {
  const base = valueFor(schema);
  const alternatives = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].filter(({ type }) => type === 'object');
  if (alternatives.length > 0) return alternatives.flatMap((each) => fieldsOf(each, path, put));
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    fieldsOf(property, [...path, name], (value) => put({ ...(base as object), [name]: value })),
  );
  const items = schema.items ? fieldsOf(schema.items, [...path, 0], (value) => put([value])) : [];
  return [{ path, schema, body: put(base) }, ...inner, ...items];
}
