import type { MapFile } from '../map-file.ts';
import type { Worker } from '../worker.ts';
import type { CliCommand } from './command.ts';

const UNKNOWN_MAP = 'Unknown map identifier. Please use #<id> or <file>.';

function findMap(worker: Worker, name: string | undefined): MapFile | undefined {
  const id = /^#(\d+)$/.exec(name ?? '');
  return id ? worker.maps[Number(id[1])] : worker.maps.find(({ path }) => path === name);
}

/** Separates a leading `@version` from the arguments. */
function takeVersion(args: readonly string[]): { version: number | undefined; rest: readonly string[] } {
  const match = /^@(\d+)$/.exec(args[0] ?? '');
  return match ? { version: Number(match[1]), rest: args.slice(1) } : { version: undefined, rest: args };
}

const showMap: CliCommand = {
  words: 'show map',
  run({ worker, args }) {
    const { version, rest } = takeVersion(args);
    if (rest.length === 0) {
      const rows = worker.maps.map(
        (map, id) =>
          `${id} (${map.path}) pattern loaded from file '${map.path}' used by map. curr_ver=${map.current} next_ver=${map.next} entry_cnt=${map.count()}`,
      );
      return ['# id (file) description', ...rows].join('\n');
    }
    const map = findMap(worker, rest[0]);
    if (!map) return UNKNOWN_MAP;
    return map
      .entries(version ?? map.current)
      .map(({ pointer, key, value }) => `${pointer} ${key} ${value}`)
      .join('\n');
  },
};

const getMap: CliCommand = {
  words: 'get map',
  run({ worker, args: [name, key = ''] }) {
    const map = findMap(worker, name);
    if (!map) return UNKNOWN_MAP;
    const value = map.lookup(key);
    return value === undefined
      ? 'type=str, case=sensitive, found=no'
      : `type=str, case=sensitive, found=yes, idx=tree, key="${key}", value="${value}", type="str"`;
  },
};

const setMap: CliCommand = {
  words: 'set map',
  run({ worker, args }) {
    const [name, key, ...value] = args;
    if (name === undefined || key === undefined || value.length === 0) {
      return "'set map' expects three parameters: map identifier, key and value.";
    }
    const map = findMap(worker, name);
    if (!map) return UNKNOWN_MAP;
    return map.set(key, value.join(' ')) ? '' : 'entry not found.';
  },
};

const addMap: CliCommand = {
  words: 'add map',
  run({ worker, args }) {
    const { version, rest } = takeVersion(args);
    const [name, key, ...value] = rest;
    if (name === undefined || key === undefined || value.length === 0) {
      return "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload";
    }
    const map = findMap(worker, name);
    if (!map) return UNKNOWN_MAP;
    if (version !== undefined && version > map.next) {
      return "Version number in the future, please use 'prepare map' before.";
    }
    map.add(key, value.join(' '), version ?? map.current);
    return '';
  },
};

const delMap: CliCommand = {
  words: 'del map',
  run({ worker, args: [name, key = ''] }) {
    const map = findMap(worker, name);
    if (!map) return UNKNOWN_MAP;
    return map.delete(key) ? '' : 'Key not found.';
  },
};

const clearMap: CliCommand = {
  words: 'clear map',
  run({ worker, args: [name] }) {
    const map = findMap(worker, name);
    if (!map) return UNKNOWN_MAP;
    map.clear();
    return '';
  },
};

const prepareMap: CliCommand = {
  words: 'prepare map',
  needs: 'mapTransactions',
  run({ worker, args: [name] }) {
    const map = findMap(worker, name);
    return map ? `New version created: ${map.prepare()}` : UNKNOWN_MAP;
  },
};

const commitMap: CliCommand = {
  words: 'commit map',
  needs: 'mapTransactions',
  run({ worker, args }) {
    const { version, rest } = takeVersion(args);
    if (version === undefined) return 'Missing version number.';
    const map = findMap(worker, rest[0]);
    if (!map) return UNKNOWN_MAP;
    return map.commit(version) ? '' : 'Version number out of range.';
  },
};

/** `show`, `get`, `set`, `add`, `del`, `clear`, `prepare` and `commit map`. */
export const mapCommands = [showMap, getMap, setMap, addMap, delMap, clearMap, prepareMap, commitMap];
