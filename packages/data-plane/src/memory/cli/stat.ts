import type { ListenProxy } from '../proxy.ts';
import type { Server } from '../server.ts';
import type { Worker } from '../worker.ts';
import type { CliCommand } from './command.ts';

const COLUMNS = (
  'pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,' +
  'chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,' +
  'check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,' +
  'req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,' +
  'agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,' +
  'agent_health,addr,cookie,mode,algo'
).split(',');

type Cells = Record<string, string | number>;

function serverStatus(proxy: ListenProxy, server: Server): string {
  if (server.inMaintenance()) return 'MAINT';
  if (!proxy.isUp(server)) return 'DOWN';
  if (server.draining()) return 'DRAIN';
  return server.check ? 'UP' : 'no check';
}

function rows(worker: Worker, proxy: ListenProxy): Cells[] {
  const { mode, balance } = proxy.spec;
  const common = { pxname: proxy.name, pid: 1, iid: proxy.id, mode };
  const up = proxy.servers.filter((server) => proxy.isUp(server) && !server.draining());
  // The emulator does not count bytes.
  const traffic = { bin: 0, bout: 0, ...(mode === 'http' && { req_tot: proxy.requests }) };
  const sessions = { scur: proxy.connections.size, stot: proxy.total };
  return [
    {
      ...common,
      svname: 'FRONTEND',
      ...sessions,
      slim: Number.isFinite(proxy.maxConnections) ? proxy.maxConnections : '',
      status: worker.stopping ? 'STOP' : proxy.frontend,
      sid: 0,
      type: 0,
      ...traffic,
    },
    ...proxy.spec.binds.flatMap(({ counted }, index) =>
      counted === undefined
        ? []
        : [
            {
              ...common,
              svname: counted,
              stot: proxy.accepted[index]!,
              bin: 0,
              bout: 0,
              status: 'OPEN',
              sid: index + 1,
              type: 3,
            },
          ],
    ),
    ...proxy.servers.map((server) => ({
      ...common,
      svname: server.name,
      scur: server.connections,
      stot: server.total,
      lbtot: server.total,
      status: serverStatus(proxy, server),
      weight: server.weight,
      act: 1,
      bck: 0,
      lastchg: Math.floor((worker.now() - server.changedAt) / 1000),
      sid: server.id,
      type: 2,
      addr: `${server.ip}:${server.port}`,
    })),
    {
      ...common,
      svname: 'BACKEND',
      ...sessions,
      lbtot: proxy.total,
      status: up.length > 0 || proxy.servers.length === 0 ? 'UP' : 'DOWN',
      weight: up.reduce((sum, { weight }) => sum + weight, 0),
      act: up.length,
      bck: 0,
      sid: 0,
      type: 1,
      algo: balance.algorithm,
    },
  ];
}

const showStat: CliCommand = {
  words: 'show stat',
  run({ worker, args: [which = '-1', type = '-1', sid = '-1'] }) {
    const chosen = worker.proxies.filter(({ name, id }) => which === '-1' || which === name || which === `${id}`);
    if (chosen.length === 0 && !/^-?\d+$/.test(which)) return 'No such proxy.';
    const lines = chosen
      .flatMap((proxy) => rows(worker, proxy))
      .filter((cells) => (Number(type) & (1 << Number(cells.type))) !== 0)
      .filter((cells) => sid === '-1' || sid === `${cells.sid}`)
      .map((cells) => COLUMNS.map((name) => cells[name] ?? ''));
    return [`# ${COLUMNS.join(',')},`, ...lines.map((line) => `${line.join(',')},`)].join('\n');
  },
};

/** `show stat`. */
export const statCommands = [showStat];
