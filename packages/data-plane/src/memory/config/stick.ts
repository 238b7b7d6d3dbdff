import { type ConditionContext, ConditionError, parseCondition } from './condition.ts';
import type { StickRule } from './spec.ts';

/** The effect of each word after `stick`. */
const kinds: Readonly<Record<string, Pick<StickRule, 'match' | 'store'>>> = {
  on: { match: true, store: 'request' },
  match: { match: true, store: undefined },
  'store-request': { match: false, store: 'request' },
  'store-response': { match: false, store: 'response' },
};

function keyOf(pattern: string, store: StickRule['store']): StickRule['key'] {
  if (pattern === 'src') return 'source';
  const cookie = /^(req|res)\.cook\(([^(),]+)\)$/.exec(pattern);
  if (cookie && (cookie[1] === 'res') === (store === 'response')) return { cookie: cookie[2]! };
  throw new ConditionError(`fetch method '${pattern}' is not modelled; use src, req.cook(NAME) or res.cook(NAME).`);
}

/** Reads the words after `stick` in the section `proxy`. */
export function parseStick(words: readonly string[], proxy: string, context: ConditionContext): StickRule {
  const [kind = '', pattern = '', ...rest] = words;
  const does = kinds[kind];
  if (!does) throw new ConditionError(`'${kind}' is unknown; expects on, match, store-request or store-response.`);
  const [table, condition] = rest[0] === 'table' ? [rest[1] ?? '', rest.slice(2)] : [proxy, rest];
  return { table, key: keyOf(pattern, does.store), ...does, when: parseCondition(condition, context) };
}
