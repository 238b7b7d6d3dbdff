import type { AbstractStep } from '../model/test-model.ts';

/** The path of a reported defect. Regressions are played before all other suites, so that their failures come first. */
export interface Regression {
  /** Where the defect was reported. */
  readonly upstream: string;
  readonly sentence: string;
  readonly groups: number;
  readonly members: number;
  /** Addresses of rules go elsewhere in it: it is played on routers that look. @defaultValue false */
  readonly addressesMove?: boolean;
  /** Certificates of rules go in it: as `addressesMove`. @defaultValue false */
  readonly certificatesGo?: boolean;
  readonly moves: readonly AbstractStep[];
}

const applied = [
  'the router applies the command',
  'the answer "applied" arrives',
  'the router verifies the rule',
  'the answer "inForce" arrives',
];
const served = [
  'a user creates a rule and a group',
  'the group is configured',
  'the group makes up for a missing VM',
  'VM 1 has started',
  ...applied,
];
const sticky = ['a user changes the stickiness', ...applied];
const changed = ['a user changes the protocol', ...applied];
const away = ['the address of the rule goes elsewhere', 'the answer "refused" arrives'];
const back = [
  'the address of the rule comes back',
  'the answer "applied" arrives',
  'the router verifies the rule',
  'the answer "inForce" arrives',
];
const withoutCertificate = ['the certificate of the rule goes', 'the answer "refused" arrives'];
const refusedWithout = [
  'the router refuses the command without the certificate of the rule',
  'the answer "refused" arrives',
];
const crash = 'the agent crashes and restarts';
const of = (group: number, ...texts: readonly string[]): AbstractStep[] => texts.map((text) => ({ group, text }));
const times = (count: number, texts: readonly string[]): string[] => Array.from({ length: count }, () => texts).flat();
const running = of(0, 'the router is deployed', 'the router has started, and is sent all rules');

/** All regressions. The command line calls their suite `stories`. */
export const regressions: readonly Regression[] = [
  {
    upstream: 'apache/cloudstack#9583',
    sentence:
      'Two groups share a router. The stickiness of one is changed to source-based, as the other has it, while the group is disabled: the change must be in force when the group is enabled, without a new VM.',
    groups: 2,
    members: 1,
    moves: [
      ...running,
      ...of(0, ...served),
      ...of(1, ...served),
      // Last, since each reload of CloudStack's router empties the stick tables, which is another defect.
      ...of(0, ...sticky),
      ...of(1, 'a user disables the group', 'a user changes the stickiness', 'a user enables the group', ...applied),
    ],
  },
  {
    upstream: 'apache/cloudstack#6849, MissionCriticalCloud/cosmic#919',
    sentence:
      'Two rules share a router, both with sticky clients and held connections. All that can be changed of one is changed, and its VM is replaced: no client of the other may notice.',
    groups: 2,
    members: 1,
    moves: [
      ...running,
      ...of(0, ...served, ...sticky),
      ...of(1, ...served, ...sticky, ...times(14, changed), ...sticky, ...sticky),
      ...of(1, 'VM 1 dies', ...applied, 'VM 1 that failed is destroyed', 'the group makes up for a missing VM'),
      ...of(1, 'VM 1 has started', ...applied),
      ...of(0, crash),
      ...of(1, ...times(3, changed), 'a user deletes the group and its VMs', 'the router applies the command'),
    ],
  },
  {
    upstream: 'CloudStack 4.19.1 HAProxyConfigurator: server names are numbered by position',
    sentence:
      'A sticky rule has two VMs. One goes, another comes, and the agent is started anew in between: sticky clients of the VM that stays must stay with it.',
    groups: 1,
    members: 2,
    moves: [
      ...running,
      ...of(0, ...served, ...sticky, 'the group scales up', 'VM 2 has started', ...applied),
      ...of(0, 'VM 1 dies', ...applied, 'VM 1 that failed is destroyed', crash, ...changed),
      ...of(0, 'the group scales up', 'VM 1 has started', ...applied, ...times(4, changed)),
      ...of(0, 'VM 2 dies', ...applied, crash, ...times(3, changed)),
    ],
  },
  {
    upstream: 'RFC 5798: an address moves to the other router and back',
    sentence:
      'Two rules share a router, and the address of one goes elsewhere. It is in force no more, and a change of it is refused, also by an agent that is started anew and after a reboot; it comes back at that change without another command, and the other rule goes on.',
    groups: 2,
    members: 1,
    addressesMove: true,
    moves: [
      ...running,
      ...of(0, ...served, ...sticky),
      ...of(1, ...served, ...sticky, ...away, 'a user changes the protocol'),
      ...of(1, 'the router refuses the command without the address of the rule', 'the answer "refused" arrives'),
      ...of(0, 'the command arrives a second time', crash, ...changed),
      ...of(1, ...back, ...away),
      ...of(0, 'a user reboots the router', 'the router has started, and is sent all rules', ...applied),
      ...of(1, 'the router refuses the command without the address of the rule', 'the answer "refused" arrives'),
      // Nobody hears that it is back: the refused command is sent once more.
      ...of(1, 'the address of the rule comes back', 'the answer "applied" is lost', 'a refused change is tried again'),
      ...of(1, ...applied),
    ],
  },
  {
    upstream: 'RFC 8555, 7.4: a certificate that is renewed too late',
    sentence:
      'Two rules share a router, and the certificate of one cannot be read any more. It is in force no more, and a change of it is refused, also by an agent that is started anew and after a reboot; it comes back at that change without another command, and the other rule goes on.',
    groups: 2,
    members: 1,
    certificatesGo: true,
    moves: [
      ...running,
      ...of(0, ...served, ...sticky),
      ...of(1, ...served, ...sticky, ...withoutCertificate, 'a user changes the protocol', ...refusedWithout),
      ...of(0, 'the command arrives a second time', crash, ...changed),
      ...of(1, 'the certificate of the rule comes back', ...back.slice(1), ...withoutCertificate),
      ...of(0, 'a user reboots the router', 'the router has started, and is sent all rules', ...applied),
      ...of(1, ...refusedWithout, 'the certificate of the rule comes back', 'the answer "applied" is lost'),
      ...of(1, 'a refused change is tried again', ...applied),
    ],
  },
];
