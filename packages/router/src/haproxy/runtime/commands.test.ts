import { expect, it } from 'vitest';
import { usableCertificate } from '../../../testing/certificates.ts';
import { idsFor, specs } from '../../../testing/rendered.ts';
import { member, rule, sourceBased } from '../../../testing/rules.ts';
import { runtimeOps } from '../apply/step-commands.ts';
import { routerPaths } from '../config/paths.ts';
import { defaultSettings } from '../config/settings.ts';
import { assumedLiveState } from '../plan/assumed-live.ts';
import { planSteps } from '../plan/plan.ts';

const file = '/etc/site.pem';
const healthCheck = { path: '/', intervalMs: 500, timeoutMs: 100, healthyThreshold: 2, unhealthyThreshold: 3 };

it('says to HAProxy what each step is', () => {
  const common = { protocol: 'tcp-proxy', stickiness: sourceBased, healthCheck, certificate: file } as const;
  const before = rule({ ...common, members: ['vm1', 'vm2', 'vm3', 'vm4', 'vm5'].map((vm) => member(vm)) });
  const after = rule({
    ...common,
    maxConnections: 9,
    members: [
      member('vm1', { weight: 5 }),
      member('vm2', { state: 'draining' }),
      member('vm3', { state: 'maintenance' }),
      member('vm4', { ip: '10.1.1.44', port: 81 }),
      member('vm6', { weight: 7 }),
      member('vm7', { state: 'maintenance' }),
    ],
  });
  const ids = idsFor([{ ...before, members: [...before.members, member('vm6'), member('vm7')] }]);
  const live = {
    ...assumedLiveState(specs([before], ids), 'm', defaultSettings),
    stick: new Map(),
    frontends: new Map([['10_0_53_2-8080', 'PAUSED']]),
    certificates: new Map([[file, 'OLD']]),
  };
  const certificates = new Map([[file, usableCertificate('PEM', 'NEW')]]);
  const ops = planSteps(specs([after], ids), 'm', live, { certificates }).flatMap((step) =>
    runtimeOps(step, routerPaths('/run/limpet')),
  );
  expect(
    ops.map(({ command }) => (typeof command === 'string' ? command : `${command.command} << ${command.payload}`)),
  ).toMatchInlineSnapshot(`
    [
      "set server 10_0_53_2-8080/vm1 weight 5",
      "set server 10_0_53_2-8080/vm2 weight 0",
      "set server 10_0_53_2-8080/vm3 state maint",
      "set server 10_0_53_2-8080/vm4 addr 10.1.1.44 port 81",
      "add server 10_0_53_2-8080/vm6 10.1.1.6:80 check inter 500ms rise 2 fall 3 send-proxy check-send-proxy id 6 weight 7",
      "enable health 10_0_53_2-8080/vm6",
      "enable server 10_0_53_2-8080/vm6",
      "add server 10_0_53_2-8080/vm7 10.1.1.7:80 check inter 500ms rise 2 fall 3 send-proxy check-send-proxy id 7 weight 1",
      "enable health 10_0_53_2-8080/vm7",
      "set server 10_0_53_2-8080/vm5 state maint",
      "add map /run/limpet/stick.map 10_0_53_2-8080 source",
      "set maxconn frontend 10_0_53_2-8080 9",
      "abort ssl cert /run/limpet/d27734e6011f2aec.pem",
      "set ssl cert /run/limpet/d27734e6011f2aec.pem << PEM",
      "commit ssl cert /run/limpet/d27734e6011f2aec.pem",
      "enable frontend 10_0_53_2-8080",
    ]
  `);
});
