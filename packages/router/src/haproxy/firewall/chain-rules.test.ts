import { expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { chainJump, chainName, chainRules, listenersOf } from './chain-rules.ts';

// Routers that are upgraded have this chain and this link: under another name they would have both.
it('is known by one name, in the chain and in its link', () => {
  expect(chainName).toBe('LIMPET-LB');
  expect(chainJump).toEqual(['INPUT', '-j', 'LIMPET-LB']);
});

it('ends what is for a rule with networks: whatever follows in INPUT, nobody else gets in', () => {
  const cidrs = ['10.1.2.3/8', '192.0.2.0/24', '10.0.0.0/8'];
  expect(chainRules([rule({ cidrs }), rule({ port: 81 })])).toEqual([
    '-s 10.0.0.0/8 -d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT',
    '-s 192.0.2.0/24 -d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT',
    '-d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate NEW -j DROP',
    '-d 10.0.53.2/32 -p tcp -m tcp --dport 81 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT',
  ]);
});

it('has the statistics page first, and the rules in one order', () => {
  const page = { ip: '10.0.53.2', port: 9000, cidrs: [] };
  const listeners = listenersOf([rule({ port: 82 }), rule({ port: 81 })], [page]);
  expect(listeners.map(({ port }) => port)).toEqual([9000, 81, 82]);
});
