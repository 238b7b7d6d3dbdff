import { writeFile } from 'node:fs/promises';
import {
  HaproxyProcess,
  readServersState,
  readShowEnv,
  readShowMap,
  readShowPeers,
  readShowProc,
  readShowSess,
  readShowStat,
  readShowTable,
  readSslCertificate,
  resyncFinished,
} from '@limpet/haproxy';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Haproxy } from '../ports.ts';
import { createMemoryDataPlane } from './data-plane.ts';
import type { Answer, Ask, Clients, Vms } from './traffic.ts';

const PUBLIC = '203.0.113.1';
const RULE = '10_0_53_2-8080';
const HASHED = '10_0_53_2-8081';
const COOKIES = '10_0_53_2-8082';
const clients = Array.from({ length: 6 }, (_, at) => `198.18.0.${at + 1}`);
const vms = [1, 2, 3].map((vm) => ({ vm: `vm${vm}`, ip: `10.1.1.10${vm}`, port: 80 }));

/** A machine, real or in memory. */
interface Machine {
  haproxy: Haproxy;
  clients: Clients;
  vms: Vms;
  write(name: string, text: string): Promise<void>;
  /** Until the worker's tables may be handed over. */
  settle(): Promise<void>;
}

const PEER = 'vr';
/** The frontend of a session between workers has the name of the local peer. */
const isOfPeers = ({ frontend }: { frontend: string }): boolean => frontend === PEER;

const mapPath = (dir: string) => `${dir}/stick.map`;

const configText = (dir: string) => `
global
  stats socket ${dir}/admin.sock mode 600 level admin expose-fd listeners
  setenv MARK first
  localpeer ${PEER}
defaults
  mode tcp
  retries 3
  option redispatch
  timeout connect 5s
  timeout client 50s
  timeout server 50s
peers lb
  peer ${PEER} 127.0.0.1:10000
listen ${RULE}
  bind ${PUBLIC}:8080
  stick-table type ip size 200k expire 30m peers lb
  stick on src if { be_name,map_str(${mapPath(dir)},none) -m str source }
  server vm1 10.1.1.101:80 id 101
  server vm2 10.1.1.102:80 id 102
listen ${COOKIES}
  bind ${PUBLIC}:8082 ssl crt ${dir}/site.pem
  mode http
  maxconn 50
  cookie LB insert indirect dynamic
  dynamic-cookie-key abc
  default-server inter 60s
  server vm1 10.1.1.101:80 id 1 weight 3 disabled
listen ${HASHED}
  bind ${PUBLIC}:8081
  balance source
  server pool_0 10.1.1.101:80
  server pool_1 10.1.1.102:80
`;

/** Plays one story on a machine; what it returns must not depend on which. */
async function play(
  { haproxy, clients: from, vms: guests, write, settle }: Machine,
  dir: string,
  [pem, renewed]: readonly [string, string],
): Promise<unknown[]> {
  const seen: unknown[] = [];
  const map = mapPath(dir);
  const asks = (port = 8080): Ask[] => clients.map((client) => ({ client, ip: PUBLIC, port, protocol: 'tcp' }));
  const run = async (...commands: string[]) => {
    for (const command of commands) seen.push([command, (await haproxy.runtime([command]))[0]]);
  };
  const servers = (text: string) =>
    readServersState(text).map(({ backend, name, id, address, port, maintenance, drain, weight, operState }) => ({
      backend,
      name,
      id,
      address,
      port,
      maintenance,
      drain,
      weight,
      operState,
    }));
  /** A worker that hands its tables over is done with them some time before its connection ends. */
  const peersEnd = async () => {
    const ofPeers = async () => readShowSess((await haproxy.runtime(['show sess']))[0]!).filter(isOfPeers);
    await expect.poll(async () => (await ofPeers()).length).toBe(0);
  };
  const look = async (label: string) => {
    await peersEnd();
    const [env, state, table, stickMap, sessions, stat] = await haproxy.runtime([
      'show env MARK',
      'show servers state',
      `show table ${RULE}`,
      `show map ${map}`,
      'show sess',
      'show stat',
    ]);
    const { master, workers, oldWorkers, failed } = readShowProc(await haproxy.master('show proc'));
    seen.push({
      label,
      env: readShowEnv(env!),
      servers: servers(state!),
      table: readShowTable(table!).map(({ name, size, entries }) => ({
        name,
        size,
        keys: entries.map(({ key, serverId, serverKey }) => ({ key, serverId, serverKey })),
      })),
      map: readShowMap(stickMap!).map(({ key, value }) => ({ key, value })),
      sessions: readShowSess(sessions!)
        .map(({ source, frontend, backend, server }) => `${source?.ip} ${frontend} ${backend} ${server}`)
        .sort(),
      stat: readShowStat(stat!).map(({ proxy, service, kind, status, currentSessions }) => ({
        proxy,
        service,
        kind,
        status,
        currentSessions,
      })),
      proc: [master.reloads, workers.length, oldWorkers.length, failed],
    });
  };
  /** One after the other, since only then is their order the same everywhere; until HAProxy has seen all of them end. */
  const ask = async (connections: number) => {
    const answers: Answer[] = [];
    for (const one of asks()) answers.push(...(await from.ask([one])));
    const left = async () => readShowSess((await haproxy.runtime(['show sess']))[0]!).filter(({ backend }) => backend);
    await expect.poll(async () => (await left()).length).toBe(connections);
    return answers;
  };
  const hold = async () => {
    const held: { id: number; answer: Answer }[] = [];
    for (const one of asks()) held.push(...(await from.hold([one])));
    return held;
  };
  const ids = (held: { id: number; answer: Answer }[]) => held.map(({ id }) => id);

  await guests.start(vms);
  await write('haproxy.cfg', configText(dir));
  await write('stick.map', `${RULE} none\n`);
  await write('site.pem', pem);
  seen.push(await haproxy.check(`${dir}/haproxy.cfg`));
  await haproxy.start(`${dir}/haproxy.cfg`);
  await look('started');

  const held = await hold();
  seen.push(held.map(({ answer }) => answer));
  await look('held');
  await run(
    `set map ${map} ${RULE} source`,
    `set map ${map} nobody source`,
    `show table nobody`,
    `add server ${RULE}/vm3 10.1.1.103:80 id 103 weight 1`,
    `add server ${RULE}/vm3 10.1.1.103:80 id 104`,
    `add server ${RULE}/vm4 10.1.1.104:80 id 103`,
    `add server ${RULE}/vm4 10.1.1.104:80 bogus`,
    `add server nobody/vm4 10.1.1.104:80`,
    `add server ${HASHED}/vm3 10.1.1.103:80 id 3`,
    `enable health ${RULE}/vm3`,
    `enable server ${RULE}/vm3`,
    `set server ${RULE}/vm2 state drain`,
    `set server ${RULE}/vm1 weight 300`,
    `set server ${RULE}/nobody state ready`,
    `del server ${RULE}/vm2`,
    `show env NOBODY`,
    `show peers nobody`,
    `prepare map ${map}`,
    `add map @1 ${map} other none`,
    `add map @1 ${map} ${RULE} source`,
    `commit map @1 ${map}`,
    `commit map @1 ${map}`,
    `set maxconn frontend ${COOKIES} 7`,
    `set maxconn frontend nobody 7`,
    `set maxconn frontend ${COOKIES}`,
    `enable dynamic-cookie backend ${COOKIES}`,
    `enable dynamic-cookie backend nobody`,
    `show stat nobody 1 -1`,
    `add server ${COOKIES}/vm2 10.1.1.102:80 inter 60s rise 2 fall 3 send-proxy check-send-proxy id 2 weight 5`,
    `enable health ${COOKIES}/vm2`,
    `enable server ${COOKIES}/vm2`,
    `set server ${COOKIES}/vm1 state ready`,
  );
  const limits = async () =>
    readShowStat((await haproxy.runtime(['show stat -1 1 -1']))[0]!).map(
      ({ cells }) => `${cells.pxname} ${cells.slim}`,
    );
  seen.push((await limits()).filter((each) => each.startsWith(COOKIES)));
  const fingerprint = async () =>
    readSslCertificate((await haproxy.runtime([`show ssl cert ${dir}/site.pem`]))[0]!).sha1;
  for (const request of [
    `abort ssl cert ${dir}/site.pem`,
    { command: `set ssl cert ${dir}/nobody.pem`, payload: renewed },
    { command: `set ssl cert ${dir}/site.pem`, payload: renewed },
    `commit ssl cert ${dir}/site.pem`,
    `commit ssl cert ${dir}/site.pem`,
  ]) {
    seen.push([await fingerprint(), (await haproxy.runtime([request]))[0]]);
  }
  seen.push(await fingerprint());
  await look('changed');
  const seeded = clients[0]!;
  await run(`set table ${RULE} key ${seeded} data.server_id 102`);
  seen.push((await ask(6))[0]);
  await look('asked');
  await run(`set table ${RULE} key ${seeded} data.server_id 101`);
  // The stored name wins over the new id.
  seen.push((await ask(6))[0]);
  await run(`clear table ${RULE} key ${seeded}`);

  await run(`set server ${RULE}/vm2 state maint`, `del server ${RULE}/vm2`);
  await run(`shutdown sessions server ${RULE}/vm2`);
  await expect.poll(async () => (await from.askHeld(ids(held))).filter(({ ok }) => !ok).length).toBe(3);
  await run(`del server ${RULE}/vm2`, `del server ${RULE}/vm2`, `shutdown session 0xbeef`);
  await look('deleted');

  await settle();
  const before = await readTable(haproxy);
  const proc = readShowProc(await haproxy.master('show proc'));
  await write('haproxy.cfg', configText(dir).replace('MARK first', 'MARK second'));
  await haproxy.signalReload();
  await taken(haproxy, 'second');
  seen.push(JSON.stringify(await readTable(haproxy)) === JSON.stringify(before));
  await look('reloaded');
  const old = `@!${proc.workers[0]!.pid}`;
  seen.push(await haproxy.master(`${old} shutdown sessions server ${RULE}/vm1`));
  seen.push(await haproxy.master(`${old} set server ${RULE}/vm1 state maint`));
  seen.push(servers(await haproxy.master(`${old} show servers state ${RULE}`)));
  for (const session of readShowSess(await haproxy.master(`${old} show sess`))) {
    if (session.backend === RULE) seen.push(await haproxy.master(`${old} shutdown session ${session.id}`));
  }
  await expect.poll(async () => readShowProc(await haproxy.master('show proc')).oldWorkers.length).toBe(0);
  seen.push(await from.askHeld(ids(held)));

  await write('haproxy.cfg', `${configText(dir)}\n  bogus`);
  await haproxy.signalReload();
  await expect.poll(async () => readShowProc(await haproxy.master('show proc')).failed).toBe(1);
  seen.push((await haproxy.check(`${dir}/haproxy.cfg`)).ok);
  await look('failed');
  await guests.destroy(['vm2']);
  seen.push(await ask(0));
  await haproxy.stop();
  seen.push(await from.ask(asks()));
  return seen;
}

async function readTable(haproxy: Haproxy) {
  const [table] = readShowTable((await haproxy.runtime([`show table ${RULE}`]))[0]!);
  return table?.entries.map(({ key, serverId, serverKey }) => ({ key, serverId, serverKey }));
}

async function taken(haproxy: Haproxy, mark: string): Promise<void> {
  const current = async () => readShowEnv((await haproxy.runtime(['show env MARK']))[0]!).get('MARK');
  await expect.poll(current, { interval: 20 }).toBe(mark);
  const synced = async () => resyncFinished(readShowPeers((await haproxy.runtime(['show peers']))[0]!));
  await expect.poll(synced, { interval: 20 }).toBe(true);
}

async function selfSigned({ dir, exec }: Lab): Promise<string> {
  const [key, own] = [`${dir}/key.pem`, `${dir}/own.pem`];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=a'];
  await exec('openssl', [...request, '-keyout', key, '-out', own]);
  return (await exec('cat', [own, key])).stdout.trim();
}

describe('the machine in memory', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await borrowLab({ publicIps: [PUBLIC] });
  });
  afterAll(() => lab.close());

  it('tells the same story as a real HAProxy', async () => {
    const { dir } = lab;
    const real = new HaproxyProcess({
      exec: lab.exec,
      spawn: lab.spawn,
      configPath: `${dir}/haproxy.cfg`,
      masterSocket: `${dir}/master.sock`,
      statsSocket: `${dir}/admin.sock`,
      pidFile: `${dir}/pid`,
    });
    await lab.exec('iptables', ['-A', 'INPUT', '-d', PUBLIC, '-p', 'tcp', '-j', 'ACCEPT']);
    const pems = [await selfSigned(lab), await selfSigned(lab)] as const;
    const memory = createMemoryDataPlane({ localAddresses: [PUBLIC] });
    await memory.packetFilter.run(['-A', 'INPUT', '-d', PUBLIC, '-p', 'tcp', '-j', 'ACCEPT']);

    const inReality = await play(
      {
        haproxy: real,
        clients: lab.clients,
        vms: lab.vms,
        write: (name, text) => writeFile(`${dir}/${name}`, text),
        settle: async () => {
          const synced = async () => resyncFinished(readShowPeers((await real.runtime(['show peers']))[0]!));
          await expect.poll(synced, { interval: 50 }).toBe(true);
        },
      },
      dir,
      pems,
    );
    const inMemory = await play(
      {
        haproxy: memory.haproxy,
        clients: memory.clients,
        vms: memory.vms,
        write: (name, text) => memory.files.write(`${dir}/${name}`, text),
        settle: () => memory.clock.sleep(5000),
      },
      dir,
      pems,
    );
    expect(inMemory).toEqual(inReality);
  });
});
