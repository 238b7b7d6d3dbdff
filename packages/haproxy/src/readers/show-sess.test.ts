import { expect, it } from 'vitest';
import { readShowSess } from './show-sess.ts';

const session = (age: string) =>
  `0x7f53d006c160: proto=tcpv4 src=198.18.0.1:4000 fe=web be=web srv=vm1 ts=00 epoch=0x2c age=${age} calls=2 rate=2 cpu=0 lat=0 rq[f=808000h,i=0,an=00h,rx=49s,wx=,ax=]`;

it.each([
  ['0s', 0],
  ['2m27s', 147],
  ['1d3h', 97_200],
  // HAProxy's own word for a session that another thread has accepted "later" (seen on 2.6.12 under load).
  ['?', 0],
])('reads the age %s', (age, seconds) => {
  expect(readShowSess(session(age))[0]?.age).toBe(seconds);
});

it('reads a session of 2.2, which tells no epoch', () => {
  expect(readShowSess(session('3s').replace('epoch=0x2c ', ''))[0]).toMatchObject({ age: 3, server: 'vm1' });
});

it('refuses an age that is none', () => {
  expect(() => readShowSess(session('soon'))).toThrow('show sess');
});

it('leaves out sessions that HAProxy began itself, such as the one to its peer after a reload', () => {
  const own =
    '0x561f2dfab700: proto=? ts=00 epoch=0x312 age=0s calls=2 rate=0 cpu=0 lat=0 rq[f=848202h,i=0,an=00h,rx=,wx=,ax=]';
  expect(readShowSess(`${own}\n${session('1s')}`).map(({ frontend }) => frontend)).toEqual(['web']);
});
