import { parseStickTable, type StickTable } from '../stick.ts';
import { formatSize, formatTime } from '../units.ts';
import { type Codec, oneOf, syntax } from './codec.ts';
import { type Condition, conditionWords, splitCondition } from './condition.ts';

const actions = ['on', 'match', 'store-request', 'store-response'] as const;

/** `stick on|match|store-request|store-response PATTERN [table TABLE] [if CONDITION]`. */
export interface StickStatement {
  keyword: 'stick';
  action: (typeof actions)[number];
  /** Sample expression: `src`, `req.cook(JSESSIONID)`. */
  pattern: string;
  table?: string;
  condition?: Condition;
}

/** `stick ACTION PATTERN [table NAME] [if|unless TEST]`. */
export const stickCodec: Codec<StickStatement> = {
  read([first, ...words]) {
    const action = oneOf(actions, first, 'stick action');
    const [[pattern, ...rest], condition] = splitCondition(words);
    if (pattern === undefined) throw syntax(`"stick ${action}" needs a pattern such as src`);
    const stick: StickStatement = { keyword: 'stick', action, pattern };
    if (rest.length > 0) {
      const [word, table] = rest;
      if (word !== 'table' || table === undefined || rest.length > 2) {
        throw syntax(`"${rest.join(' ')}" stands after the pattern; only "table NAME" and a condition may`);
      }
      stick.table = table;
    }
    if (condition) stick.condition = condition;
    return stick;
  },
  write: ({ action, pattern, table, condition }) => [
    action,
    pattern,
    ...(table === undefined ? [] : ['table', table]),
    ...conditionWords(condition),
  ],
};

/** `stick-table ...`. */
export interface StickTableStatement {
  keyword: 'stick-table';
  table: StickTable;
}

/** `stick-table type TYPE [len LENGTH] size SIZE [...]`. */
export const stickTableCodec: Codec<StickTableStatement> = {
  read: (words) => ({ keyword: 'stick-table', table: parseStickTable(words) }),
  write: ({ table: { type, length, size, expire, peers, noPurge, serverKey, store } }) => [
    ...['type', type],
    ...(length === undefined ? [] : ['len', length]),
    ...['size', formatSize(size)],
    ...(expire === undefined ? [] : ['expire', formatTime(expire)]),
    ...(noPurge ? ['nopurge'] : []),
    ...(peers === undefined ? [] : ['peers', peers]),
    ...(serverKey === undefined ? [] : ['srvkey', serverKey]),
    ...(store === undefined ? [] : ['store', store]),
  ],
};
