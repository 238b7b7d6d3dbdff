import type { JsonSchema } from './api-document.ts';
import type { HostileRequest } from './hostile-requests.ts';
import { hostileValues } from './hostile-values.ts';

/** Requests that hand over a databag of which one value, at any place, is not what CloudStack writes. */
export function hostileDatabags(databag: unknown): HostileRequest[] {
  return variants(databag).map((body) => ({
    ...{ method: 'POST', path: '/v1/databag', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(body),
  }));
}

function variants(value: unknown): unknown[] {
  const here = hostileValues(schemaOf(value)).map((hostile) => hostile.value);
  if (Array.isArray(value)) {
    const inner = value.flatMap((each, at) => variants(each).map((other) => value.with(at, other)));
    return [...here, ...inner];
  }
  if (typeof value !== 'object' || value === null) return here;
  const inner = Object.entries(value).flatMap(([name, each]) =>
    variants(each).map((other) => ({ ...value, [name]: other })),
  );
  return [...here, ...inner];
}

const schemaOf = (value: unknown): JsonSchema => ({
  type: Array.isArray(value) ? 'array' : typeof value === 'number' ? 'integer' : typeof value,
});
