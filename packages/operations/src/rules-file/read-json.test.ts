import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readJson } from './read-json.ts';

it('reads JSON as YAML reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      const read = readJson(text);
      expect(read).toEqual(JSON.parse(text));
      expect(read).toEqual(parse(text));
    }),
  );
});

it.each(['rules: []', '{"rules": [], "rules": []}', '[{"a": {"b": 1, "b": 1}}]', '{"a": 1,}', ''])(
  'leaves %j to the reader of YAML, which says what is wrong with it',
  (text) => {
    expect(readJson(text)).toBeUndefined();
  },
);
