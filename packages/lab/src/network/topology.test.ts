import { expect, test } from 'vitest';
import { routerLinesOfPair } from './pair-topology.ts';
import { clientLines, guestLines, links, routerLines } from './topology.ts';

const addresses = {
  publicIps: ['203.0.113.1', '203.0.113.2'],
  clientNetworks: ['198.18.0.0/15'],
  gateway: '10.1.1.1',
};

test('the router has its addresses, and one next hop a side', () => {
  expect(routerLines(addresses)).toEqual([
    'link set lo up',
    'link set eth0 up',
    'link set eth2 up',
    'address add 10.1.1.1/32 dev eth0',
    'address add 203.0.113.1/32 dev eth2',
    'address add 203.0.113.2/32 dev eth2',
    'route add 198.18.0.0/15 via 169.254.0.2 dev eth2 onlink',
    'route add default via 169.254.0.3 dev eth0 onlink src 10.1.1.1',
  ]);
});

test('clients own their networks and reach nothing but public addresses', () => {
  expect(clientLines(addresses).slice(2)).toEqual([
    'route add local 198.18.0.0/15 dev lo',
    'route add local 169.254.0.2/32 dev lo',
    'route add unicast 203.0.113.1/32 dev eth0 scope link table local',
    'route add unicast 203.0.113.2/32 dev eth0 scope link table local',
  ]);
});

test('guests own all addresses but the router’s', () => {
  expect(guestLines(addresses).slice(2)).toEqual([
    'route add local 0.0.0.0/0 dev lo',
    'route add unicast 10.1.1.1/32 dev eth0 scope link table local',
  ]);
});

test('the links join the namespaces of the given processes', () => {
  expect(links(1, 2, 3)).toEqual([
    'link add eth2 netns 1 type veth peer name eth0 netns 2',
    'link add eth0 netns 1 type veth peer name eth0 netns 3',
  ]);
});

test('of two routers each has its own address, and the way to the other one', () => {
  const pair = { clientNetworks: ['198.18.0.0/15'], ownIps: ['10.1.1.2', '10.1.1.3'] as const };
  expect([0, 1].map((router) => routerLinesOfPair(pair, router).filter((line) => /10\.1\.1\./.test(line)))).toEqual([
    [
      'address add 10.1.1.2/32 dev eth0',
      'route add default via 169.254.0.3 dev eth0 onlink src 10.1.1.2',
      'route add 10.1.1.3/32 dev eth1 scope link src 10.1.1.2',
    ],
    [
      'address add 10.1.1.3/32 dev eth0',
      'route add default via 169.254.0.3 dev eth0 onlink src 10.1.1.3',
      'route add 10.1.1.2/32 dev eth1 scope link src 10.1.1.3',
    ],
  ]);
});
