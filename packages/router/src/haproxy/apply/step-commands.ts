import { cliCommand } from '@limpet/haproxy';
import type { RouterPaths } from '../config/paths.ts';
import type { Step } from '../plan/plan.ts';
import { noOutput, type RuntimeOp, runtimeOp } from '../runtime/commands.ts';

/** The runtime commands of a step; none for a start or a reload, which read the files. */
export function runtimeOps(step: Step, paths: RouterPaths): RuntimeOp[] {
  switch (step.do) {
    case 'start':
    case 'reload':
      return [];
    case 'add-server':
      return addServerOps(step);
    case 'set-addr':
      return [
        runtimeOp(
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
      return [runtimeOp(noOutput, 'set', 'server', `${step.proxy}/${step.server.name}`, 'weight', step.server.weight)];
    case 'set-ready':
      return [runtimeOp(noOutput, 'set', 'server', `${step.proxy}/${step.server.name}`, 'state', 'ready')];
    case 'enable-health':
      return [runtimeOp(noOutput, 'enable', 'health', `${step.proxy}/${step.server.name}`)];
    case 'set-maint':
      return [runtimeOp(noOutput, 'set', 'server', `${step.proxy}/${step.server.name}`, 'state', 'maint')];
    case 'retire-server':
      return [runtimeOp(noOutput, 'set', 'server', `${step.proxy}/${step.server}`, 'state', 'maint')];
    case 'set-map':
      return [runtimeOp(noOutput, step.by, 'map', paths.stickMap, step.proxy, step.to)];
    case 'set-maxconn':
      return [runtimeOp(noOutput, 'set', 'maxconn', 'frontend', step.proxy, step.to)];
    case 'enable-frontend':
      return [runtimeOp(noOutput, 'enable', 'frontend', step.proxy)];
    case 'update-certificate':
      return certificateOps(paths.certificate(step.file), step.pem);
  }
}

/** All options again: a dynamic server ignores default-server (haproxy#1994) and needs its own id (haproxy#3413). */
const addServerOps = ({ proxy, server, options }: Step & { do: 'add-server' }): RuntimeOp[] => {
  const { name, ip, port, id, weight, maintenance } = server;
  const at = `${proxy}/${name}`;
  const own = ['id', id, 'weight', weight];
  return [
    runtimeOp(/^New server registered\.$/, 'add', 'server', at, `${ip}:${port}`, ...options, ...own),
    runtimeOp(noOutput, 'enable', 'health', at),
    ...(maintenance ? [] : [runtimeOp(noOutput, 'enable', 'server', at)]),
  ];
};

/** Aborts first: a router that was killed between `set` and `commit` left its transaction open. */
const certificateOps = (file: string, pem: string): RuntimeOp[] => [
  runtimeOp(/./, 'abort', 'ssl', 'cert', file),
  {
    command: { command: cliCommand('set', 'ssl', 'cert', file), payload: pem },
    answer: /^Transaction (created|updated) for certificate /,
  },
  runtimeOp(/Success!/, 'commit', 'ssl', 'cert', file),
];
