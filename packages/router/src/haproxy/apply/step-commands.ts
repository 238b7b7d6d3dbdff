import { cliCommand } from '@limpet/haproxy';
import type { RouterPaths } from '../config/paths.ts';
import type { Step } from '../plan/plan.ts';
import { op, type RuntimeOp, silence } from '../runtime/commands.ts';

/** The runtime commands of a step; none for a start or a reload, which the files bring about. */
export function runtimeOps(step: Step, paths: RouterPaths): RuntimeOp[] {
  switch (step.do) {
    case 'start':
    case 'reload':
      return [];
    case 'add-server':
      return addOps(step);
    case 'set-addr':
      return [
        op(
          /^(IP changed|port changed|no need to change|nothing changed)/i,
          'set',
          'server',
          `${step.proxy}/${step.server.name}`,
          'addr',
          step.server.ip,
          'port',
          step.server.port,
        ),
      ];
    case 'set-weight':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server.name}`, 'weight', step.server.weight)];
    case 'set-ready':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server.name}`, 'state', 'ready')];
    case 'enable-health':
      return [op(silence, 'enable', 'health', `${step.proxy}/${step.server.name}`)];
    case 'set-maint':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server.name}`, 'state', 'maint')];
    case 'retire-server':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server}`, 'state', 'maint')];
    case 'set-map':
      return [op(silence, step.by, 'map', paths.stickMap, step.proxy, step.to)];
    case 'set-maxconn':
      return [op(silence, 'set', 'maxconn', 'frontend', step.proxy, step.to)];
    case 'enable-frontend':
      return [op(silence, 'enable', 'frontend', step.proxy)];
    case 'update-certificate':
      return certifyOps(paths.certificate(step.file), step.pem);
  }
}

/** All options again: a dynamic server ignores default-server (haproxy#1994) and needs its own id (haproxy#3413). */
const addOps = ({ proxy, server, options, cookie }: Step & { do: 'add-server' }): RuntimeOp[] => {
  const { name, ip, port, id, weight, maintenance } = server;
  const at = `${proxy}/${name}`;
  const own = ['id', id, 'weight', weight];
  return [
    op(/^New server registered\.$/, 'add', 'server', at, `${ip}:${port}`, ...options, ...own),
    op(silence, 'enable', 'health', at),
    ...(maintenance ? [] : [op(silence, 'enable', 'server', at)]),
    // It computes the values of all servers of the backend, and those of static ones are what they were (2.6.12).
    ...(cookie ? [op(silence, 'enable', 'dynamic-cookie', 'backend', proxy)] : []),
  ];
};

/** Whoever was interrupted between the two commands left a transaction behind. */
const certifyOps = (file: string, pem: string): RuntimeOp[] => [
  op(/./, 'abort', 'ssl', 'cert', file),
  {
    command: { command: cliCommand('set', 'ssl', 'cert', file), payload: pem },
    answer: /^Transaction (created|updated) for certificate /,
  },
  op(/Success!/, 'commit', 'ssl', 'cert', file),
];
