import { dirname } from 'node:path/posix';
import type { Haproxy, StateRow } from '@limpet/data-plane';
import { type CliRequest, cliCommand, readShowProc, readShowTable } from '@limpet/haproxy';
import { isLimpetConfig } from '../installed-config.ts';
import { type Fault, onFiles, onHaproxy, onMachine, withMembers } from './fault.ts';

/**
 * Faults of how a router deals with HAProxy and with its files. Where its own verification would see the fault, the
 * machine hides what a router without that verification would not have looked at.
 *
 * @module
 */

const isMap = (path: string): boolean => path.endsWith('/stick.map');

/** Keys and values of a map file. */
const entriesOf = (map: string): [string, string][] =>
  map.split('\n').flatMap((line) => {
    const [key, value] = line.split(' ');
    return key && value ? [[key, value]] : [];
  });

const tableNames = async (haproxy: Haproxy): Promise<string[]> => {
  const [text] = await haproxy.runtime(['show table']);
  return readShowTable(text!).map(({ name }) => name);
};

const textOf = (request: CliRequest): string => (typeof request === 'string' ? request : request.command);

/** Runs commands, each with those that `also` adds to it, whose answers are dropped. */
const runtimeWith = (haproxy: Haproxy, also: (command: string) => Promise<string[]>) => ({
  runtime: async (commands: readonly CliRequest[]): Promise<string[]> => {
    const answers: string[] = [];
    for (const command of commands) {
      answers.push(...(await haproxy.runtime([command])));
      const more = await also(textOf(command));
      if (more.length > 0) await haproxy.runtime(more);
    }
    return answers;
  },
});

/** Clients' sessions, not those of the CLI. */
const sessionIds = (showSess: string): string[] => showSess.match(/^0x[0-9a-f]+(?=: proto=tcpv4 )/gm) ?? [];

/** Rows of the stored state that are gone when the router is opened again. */
const forgetting = (isForgotten: (row: StateRow) => boolean): Fault['inject'] =>
  onMachine(({ stateStore }) => ({
    stateStore: withMembers(stateStore, {
      async load(path, kinds, access) {
        const rows = await stateStore.load(path, kinds, access);
        return rows?.filter((row) => !isForgotten(row));
      },
    }),
  }));

/** Faults at HAProxy, in its files, and in the stored state. */
export const machineFaults: readonly Fault[] = [
  {
    name: 'tables-lost-at-reload',
    upstream: ['apache/cloudstack#6849', 'CloudStack 4.19.1 HAProxyConfigurator: no peers section'],
    sentence: 'A reload for one rule empties the stick tables of all.',
    invariant: 'B11',
    inject: onHaproxy((haproxy) => ({
      async signalReload() {
        await haproxy.runtime((await tableNames(haproxy)).map((name) => cliCommand('clear', 'table', name)));
        await haproxy.signalReload();
      },
    })),
  },
  {
    name: 'restarted-for-reload',
    upstream: ['MissionCriticalCloud/cosmic#919', 'apache/cloudstack#3726', 'apache/cloudstack#4384'],
    sentence: 'HAProxy is restarted where a reload would do, and drops the connections of all rules.',
    invariant: 'B10',
    inject: (open) => (dataPlane) => {
      const { files, haproxy } = dataPlane;
      let config = '';
      return open(
        withMembers(dataPlane, {
          files: withMembers(files, {
            async read(path) {
              if (isLimpetConfig(path)) config = dirname(path); // each installation looks at the file first
              return files.read(path);
            },
          }),
          haproxy: withMembers(haproxy, {
            start(path) {
              config = path;
              return haproxy.start(path);
            },
            async signalReload() {
              await haproxy.stop();
              await haproxy.start(config);
            },
          }),
        }),
      );
    },
  },
  {
    name: 'failed-config-stays',
    upstream: ['apache/cloudstack#4285', 'apache/cloudstack#3253'],
    sentence:
      'A configuration is installed unchecked, and stays when HAProxy refuses it: no later change gets through.',
    invariant: 'B12',
    inject: (open) => (dataPlane) => {
      const { files, haproxy } = dataPlane;
      const reloadFailed = async (): Promise<boolean> =>
        (await haproxy.running()) && (readShowProc(await haproxy.master('show proc')).failed ?? 0) > 0;
      return open(
        withMembers(dataPlane, {
          haproxy: withMembers<Haproxy>(haproxy, { check: async () => ({ ok: true }) }),
          files: withMembers(files, {
            async write(path, text, durability) {
              if (!isLimpetConfig(path) || !(await reloadFailed())) await files.write(path, text, durability);
            },
            async remove(path) {
              if (!isLimpetConfig(path) || !(await reloadFailed())) await files.remove(path);
            },
          }),
        }),
      );
    },
  },
  {
    name: 'map-file-not-written',
    upstream: ['apache/cloudstack#9582'],
    sentence: 'A stickiness change is made at run time and not in the file: the next reload takes it back.',
    invariant: 'B2',
    inject: onFiles((files) => {
      const believed = new Map<string, string>();
      return {
        read: async (path) => believed.get(path) ?? (await files.read(path)),
        async write(path, text) {
          if (!isMap(path)) return files.write(path, text);
          believed.set(path, text);
          const before = new Map(entriesOf((await files.read(path)) ?? ''));
          const kept = entriesOf(text).map(([key, value]) => `${key} ${before.get(key) ?? value}\n`);
          await files.write(path, kept.join(''));
        },
      };
    }),
  },
  {
    name: 'tables-of-all-cleared',
    upstream: ['mutation'],
    sentence: 'Where the stick table of one rule is cleared, those of all are.',
    invariant: 'B11',
    inject: onHaproxy((haproxy) =>
      runtimeWith(haproxy, async (command) =>
        /^clear table \S+$/.test(command)
          ? (await tableNames(haproxy)).map((name) => cliCommand('clear', 'table', name))
          : [],
      ),
    ),
  },
  {
    name: 'connections-of-all-ended',
    upstream: ['MissionCriticalCloud/cosmic#919'],
    sentence: 'Where a held connection of one rule is ended, those of all rules on that worker are.',
    invariant: 'B10',
    inject: onHaproxy((haproxy) => ({
      async master(command) {
        const [, worker] = /^(@!\d+) shutdown session /.exec(command) ?? [];
        if (worker === undefined) return haproxy.master(command);
        const ids = sessionIds(await haproxy.master(`${worker} show sess`));
        for (const id of ids) await haproxy.master(`${worker} shutdown session ${id}`);
        return '\n';
      },
    })),
  },
  {
    name: 'old-workers-forgotten',
    upstream: ['CloudStack 4.19.1 CsLoadBalancer: held connections go on under the old configuration'],
    sentence: 'Connections that are held across a reload are not looked at: they go on under the old configuration.',
    invariant: 'B1',
    inject: onHaproxy((haproxy) => ({
      async master(command) {
        const answer = await haproxy.master(command);
        return command === 'show proc'
          ? answer.replace(/^# old workers\n(?!# programs)[\s\S]*?(?=^# programs)/m, '')
          : answer;
      },
    })),
  },
  {
    name: 'held-connections-forgotten',
    upstream: ['CloudStack 4.19.1 CsLoadBalancer: held connections go on under the old configuration'],
    sentence: 'A change is made for new connections only: nobody looks at those that are held.',
    invariant: 'B1',
    inject: onHaproxy((haproxy) => ({
      master: async (command) => (/^@!\d+ show sess$/.test(command) ? '\n' : haproxy.master(command)),
    })),
  },
  {
    name: 'left-server-not-deleted',
    upstream: ['apache/cloudstack#13742'],
    sentence: 'The server of a VM that has left is not deleted from HAProxy.',
    invariant: 'B21',
    inject: onHaproxy((haproxy) => ({
      async runtime(commands) {
        const deletes = (command: CliRequest): boolean => textOf(command).startsWith('del server ');
        const sent = await haproxy.runtime(commands.filter((command) => !deletes(command)));
        return commands.map((command) => (deletes(command) ? 'Server deleted.' : sent.shift()!));
      },
    })),
  },
  {
    name: 'state-forgotten',
    upstream: ['mutation'],
    sentence: 'What is wanted is kept in memory: a router that is opened again knows of no rule.',
    invariant: 'B2',
    inject: forgetting(() => true),
  },
  {
    name: 'removals-forgotten',
    upstream: ['mutation'],
    sentence: 'Which rules were removed is kept in memory: after a restart a late command brings them back.',
    invariant: 'B9',
    inject: forgetting(({ kind, key }) => kind === 'removed' || key === 'floor'),
  },
  {
    name: 'last-good-forgotten',
    upstream: ['mutation'],
    sentence: 'What was in force is kept in memory: after a restart held connections stay under an older policy.',
    invariant: 'B1',
    inject: forgetting(({ kind }) => kind === 'inForce'),
  },
  {
    name: 'ids-used-again',
    upstream: ['mutation'],
    sentence: 'Which ids servers have had is kept in memory: after a restart ids are given out again.',
    invariant: 'B11',
    inject: forgetting(({ kind, key }) => kind === 'ids' || key === 'nextServerId'),
  },
];
