import { type Fault, onPacketFilter } from './fault.ts';

/**
 * Faults in the packet filter. A router that has one of these does not read its chain back; Limpet's does, so that it is
 * shown the chain that it asked for.
 *
 * @module
 */

const own = /^-A LIMPET-LB .*$/gm;
const rulesIn = (text: string): string[] => text.match(own) ?? [];

/**
 * Puts other rules into our chain than those that were asked for.
 *
 * @param distort the rules that are asked for, and those that are there; as `-A LIMPET-LB ...`.
 */
const distorting = (
  distort: (wanted: readonly string[], there: readonly string[]) => readonly string[],
): Fault['inject'] =>
  onPacketFilter((packetFilter) => {
    let asked: string[] | undefined;
    return {
      async restore(text) {
        const there = rulesIn(await packetFilter.save());
        const wanted = rulesIn(text);
        const rest = text.split('\n').filter((line) => !wanted.includes(line));
        rest.splice(rest.indexOf('COMMIT'), 0, ...distort(wanted, there));
        await packetFilter.restore(rest.join('\n'));
        asked = wanted;
      },
      async save() {
        const text = await packetFilter.save();
        if (asked === undefined) return text;
        const lines = text.split('\n').filter((line) => !line.startsWith('-A LIMPET-LB '));
        lines.splice(lines.indexOf('COMMIT'), 0, ...asked);
        return lines.join('\n');
      },
    };
  });

/** What was asked for counts as there, whatever iptables said. */
const unheeding: Fault['inject'] = onPacketFilter((packetFilter) => {
  let asked: string[] = [];
  return {
    async restore(text) {
      asked = rulesIn(text);
      await packetFilter.restore(text).catch(() => {});
    },
    async save() {
      const lines = (await packetFilter.save()).split('\n').filter((line) => !line.startsWith('-A LIMPET-LB '));
      lines.splice(lines.indexOf('COMMIT'), 0, ...asked);
      return lines.join('\n');
    },
  };
});

/** Faults at the packet filter, by the handlers or the port. */
export const acceptFaults: readonly Fault[] = [
  {
    name: 'accepts-pile-up',
    upstream: ['apache/cloudstack#3177', 'apache/cloudstack#8061'],
    sentence: 'The accept of a rule is inserted once more with each change of the chain.',
    invariant: 'B20',
    inject: distorting((wanted, there) => [...there.filter((rule) => wanted.includes(rule)), ...wanted]),
  },
  {
    name: 'listener-without-accept',
    upstream: ['apache/cloudstack#931', 'apache/cloudstack#867'],
    sentence: 'HAProxy listens for a rule, and the packet filter does not let its clients through.',
    invariant: 'B19',
    inject: distorting(() => []),
  },
  {
    name: 'filter-failure-unheeded',
    upstream: ['CloudStack 4.19.1 CsHelper.execute: the exit code of iptables is swallowed'],
    sentence: 'The packet filter cannot be changed because its lock is held, and the change counts as made.',
    invariant: 'B12',
    inject: unheeding,
  },
  {
    name: 'accept-left-behind',
    upstream: ['apache/cloudstack#13742'],
    sentence: 'The accept of a removed rule stays in the packet filter.',
    invariant: 'B21',
    inject: distorting((wanted, there) => [...new Set([...there, ...wanted])]),
  },
  {
    name: 'accept-for-everybody',
    upstream: ['apache/cloudstack#9054'],
    sentence: 'Clients outside of the CIDR list of a rule are let through.',
    invariant: 'B18',
    field: 'cidrs',
    inject: distorting((wanted) => wanted.map((rule) => rule.replace(/ -s \S+/, ''))),
  },
];
