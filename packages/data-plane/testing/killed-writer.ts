import { sqliteStateStore } from '../src/linux/state/state-store.ts';

/**
 * A program for a test: stores 1, 2, 3 ... in two rows, and says each number when it is stored, until it is killed.
 *
 * `node killed-writer.ts PATH FIRST`
 */
const [path, first] = process.argv.slice(2) as [string, string];
await sqliteStateStore.load(path, [], 'write');
for (let number = Number(first); ; number++) {
  const value = String(number);
  await sqliteStateStore.commit(path, [
    { kind: 'last', key: 'number', value },
    { kind: 'all', key: value, value },
  ]);
  process.stdout.write(`${value}\n`);
}
