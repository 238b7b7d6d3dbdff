import { type ApiDocument, type BodyField, fieldsOf, type Route, routesOf, valueFor } from './api-document.ts';
import { hostileValues } from './hostile-values.ts';

/** A request of somebody who means harm. */
export interface HostileRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** JSON pointer of the field that the refusal has to name; undefined: no harm is enough. */
  names?: string;
}

/** A plan looks at the router, which takes ten times as long as a refusal: every seventh is enough. */
const everyOfPlan = 7;

const json = { 'content-type': 'application/json' };
/** Keys that mean something to JavaScript, and one that means nothing. */
const unknownKeys = ['__proto__', 'constructor', 'evil', ''];

/** The address that a path gets, or a body that has one. */
export const address = '203.0.113.10:80';

/**
 * Requests against each field of the API, as its own document lists them: a new field is attacked without a word here.
 *
 * What the schema lets through is asked of `/v1/plan` only, which changes nothing.
 */
export function hostileRequests(document: ApiDocument): HostileRequest[] {
  return routesOf(document).flatMap((route) => [...againstBody(route), ...againstParameters(route)]);
}

const pathOf = (route: Route): string => route.path.replace('{address}', address);

function againstBody(route: Route): HostileRequest[] {
  const schema = route.requestBody?.content['application/json'].schema;
  if (schema === undefined) return [];
  const send = (body: string, names?: string): HostileRequest => ({
    method: route.method,
    path: pathOf(route),
    headers: { ...json, 'if-match': '*' },
    body,
    ...(names !== undefined && { names }),
  });
  return fieldsOf(schema).flatMap((field) => [
    ...hostileValues(field.schema)
      .filter(({ fits }, at) => !fits || (route.path === '/v1/plan' && at % everyOfPlan === 0))
      .map(({ value, fits }) => send(JSON.stringify(put(field, value)), fits ? undefined : pointerOf(field.path))),
    ...unknownIn(field).map(({ body, name }) => send(body, pointerOf([...field.path, name]))),
    ...missingIn(field).map(({ body, name }) => send(body, pointerOf([...field.path, name]))),
  ]);
}

function unknownIn(field: BodyField): { body: string; name: string }[] {
  if (field.schema.additionalProperties !== false) return [];
  // In text: an object literal would take __proto__ for something else.
  const inside = JSON.stringify(at(field)).slice(1, -1);
  const mark = '"limpet-mark"';
  const whole = JSON.stringify(put(field, 'limpet-mark'));
  return unknownKeys.map((name) => {
    const rest = inside === '' ? '' : `,${inside}`;
    return { name, body: whole.replace(mark, () => `{${JSON.stringify(name)}:{"x":1}${rest}}`) };
  });
}

function missingIn(field: BodyField): { body: string; name: string }[] {
  return (field.schema.required ?? []).map((name) => {
    const { [name]: _, ...rest } = at(field) as Record<string, unknown>;
    return { name, body: JSON.stringify(put(field, rest)) };
  });
}

function againstParameters(route: Route): HostileRequest[] {
  const schema = route.requestBody?.content['application/json'].schema;
  const body = schema && { body: JSON.stringify(valueFor(schema)) };
  const base = { method: route.method, headers: { ...json, 'if-match': '"0"' }, ...body };
  return (route.parameters ?? []).flatMap(({ in: place, name, schema: parameter }): HostileRequest[] => {
    const texts = [...hostileValues({ ...parameter, type: 'string' }), ...hostileNumbers].filter(
      ({ value }) => typeof value === 'string',
    ) as { value: string; fits: boolean }[];
    if (place === 'header') {
      if (!/key|id$/.test(name)) return [];
      const headers = ['two words', '\u00ff', 'x'.repeat(300), 'tab\there'];
      return headers.map((value) => ({
        ...{ ...base, path: pathOf(route), names: `/${name}` },
        headers: { ...base.headers, [name]: value },
      }));
    }
    return texts.map(({ value, fits }) => {
      const text = encodeURIComponent(value.isWellFormed() ? value : 'x\n');
      const path = place === 'path' ? route.path.replace(`{${name}}`, text) : `${pathOf(route)}?${name}=${text}`;
      // An empty or a long one is another path, or a line that is too long.
      const isNamed = !fits && value !== '' && value.length < 5_000 && place === 'path' && !/^\.|^\/\./.test(value);
      return { ...base, path, ...(isNamed && { names: `/${name}` }) };
    });
  });
}

const hostileNumbers = ['-1', '1e999', 'NaN', '0x10', '1.5'].map((value) => ({ value, fits: false }));

const at = ({ path, body }: BodyField): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], body);

/** The body with another value in the field. */
function put({ path, body }: BodyField, value: unknown): unknown {
  const inside = (outer: unknown, [key, ...rest]: BodyField['path']): unknown => {
    if (key === undefined) return value;
    if (Array.isArray(outer)) return outer.map((each, index) => (index === key ? inside(each, rest) : each));
    return { ...(outer as object), [key]: inside((outer as Record<string, unknown>)[key], rest) };
  };
  return inside(body, path);
}

const pointerOf = (path: readonly (string | number)[]): string => path.map((key) => `/${key}`).join('');
