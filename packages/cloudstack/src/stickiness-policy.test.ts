import { type Stickiness, stickinessSchema } from '@limpet/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloudStackError } from './errors.ts';
import { stickinessMethods } from './stickiness-methods.ts';
import { defaultCookieName, parseStickinessPolicy } from './stickiness-policy.ts';

const rule = { ip: '10.0.53.2', port: 80 };
const parse = (method: string, params: Record<string, string | undefined> = {}): Stickiness =>
  parseStickinessPolicy(method, Object.entries(params), rule);

describe('parseStickinessPolicy', () => {
  it('has the defaults that CloudStack uses', () => {
    expect(parse('SourceBased')).toEqual({ method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 });
    expect(parse('AppCookie')).toEqual({
      method: 'AppCookie',
      cookieName: 'appcookie_-1321598321_80',
      length: 52,
      holdTimeSeconds: 10_800,
      requestLearn: false,
    });
    expect(parse('LbCookie')).toEqual({
      method: 'LbCookie',
      cookieName: 'lbcooki_-1321598321_80',
      mode: 'insert',
      nocache: false,
      indirect: false,
      postonly: false,
      domains: [],
    });
  });

  it('takes names in any case, flags without a value or with any, and several domains', () => {
    expect(parse('sourcebased', { TableSize: '1m', EXPIRE: '1d' })).toMatchObject({
      tableSize: 1_048_576,
      expireSeconds: 86_400,
    });
    const params = [
      ['Cookie-Name', 'SRV'],
      ['domain', '.a.org'],
      ['DOMAIN', 'b'],
      ['nocache', undefined],
      ['indirect', 'false'],
      ['nocache', 'true'],
    ] as const;
    expect(parseStickinessPolicy('LBCOOKIE', params, rule)).toMatchObject({
      cookieName: 'SRV',
      domains: ['.a.org', 'b'],
      nocache: true,
      indirect: true,
      postonly: false,
    });
  });

  it('takes a hold time with a unit, and milliseconds without', () => {
    expect(parse('AppCookie', { holdtime: '90' })).toMatchObject({ holdTimeSeconds: 1 });
    expect(parse('AppCookie', { holdtime: '5400000' })).toMatchObject({ holdTimeSeconds: 5400 });
    expect(parse('AppCookie', { holdtime: '2h' })).toMatchObject({ holdTimeSeconds: 7200 });
  });

  it.each<[string, Record<string, string | undefined>, string, RegExp]>([
    ['Sticky', {}, 'methodname', /supported are LbCookie, AppCookie, SourceBased/],
    ['SourceBased', { tablesize: '400g' }, 'tablesize', /at most 10000000/],
    ['SourceBased', { tablesize: '0k' }, 'tablesize', /at least 1/],
    ['SourceBased', { tablesize: '-5k' }, 'tablesize', /no size such as 200k/],
    ['SourceBased', { tablesize: '200' }, 'tablesize', /no size such as 200k/],
    ['SourceBased', { tablesize: '' }, 'tablesize', /needs a value/],
    ['SourceBased', { expire: '99d' }, 'expire', /at most 2147483/],
    ['SourceBased', { expire: '30' }, 'expire', /no time such as 30m/],
    ['SourceBased', { expire: undefined }, 'expire', /needs a value/],
    ['SourceBased', { holdtime: '3h' }, 'holdtime', /is no parameter of SourceBased, which has tablesize, expire/],
    ['SourceBased', { expire: '1m', Expire: '2m' }, 'expire', /given twice/],
    ['AppCookie', { length: '5x' }, 'length', /not a number/],
    ['AppCookie', { length: '0' }, 'length', /at least 1/],
    ['AppCookie', { holdtime: '3 h' }, 'holdtime', /no time such as 3h/],
    ['AppCookie', { prefix: '' }, 'prefix', /not supported for AppCookie/],
    ['AppCookie', { mode: 'query-string' }, 'mode', /not supported for AppCookie/],
    ['LbCookie', { 'cookie-name': 'a b' }, 'cookie-name', /1 to 64 letters/],
    ['LbCookie', { domain: 'a b' }, 'domain', /a domain such as example.com/],
    ['LbCookie', { mode: 'Insert' }, 'mode', /one of "insert", "rewrite", "prefix"/],
    ['LbCookie', { mode: 'rewrite', indirect: '' }, 'indirect', /mode insert only/],
  ])('refuses %s %j and names %s', (method, params, place, problem) => {
    expect(() => parse(method, params)).toThrow(
      expect.objectContaining({ code: 'CLOUDSTACK_PARAMETER', place, message: expect.stringMatching(problem) }),
    );
  });

  it('refuses what the router does not serve', () => {
    const served = { methods: ['LbCookie'], cookieModes: ['insert'] } as const;
    const refused = (method: string, params: Record<string, string>) =>
      expect(() => parseStickinessPolicy(method, Object.entries(params), rule, served));
    refused('AppCookie', {}).toThrow('methodname: "AppCookie" is not supported; supported are LbCookie');
    refused('LbCookie', { mode: 'rewrite' }).toThrow('mode: "rewrite" is not supported; supported are insert');
  });

  it('answers anything with a policy that the contract allows, or with a CloudStackError', () => {
    const method = fc.constantFrom(...Object.keys(stickinessMethods));
    const name = fc.constantFrom(...Object.values(stickinessMethods).flatMap((m) => m.parameters.map((p) => p.name)));
    const value = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[0-9]{1,12}[dhmskg]?$/));
    fc.assert(
      fc.property(method, fc.array(fc.tuple(name, value), { maxLength: 4 }), (methodName, params) => {
        try {
          stickinessSchema.parse(parseStickinessPolicy(methodName, params, rule));
        } catch (error) {
          expect(error).toBeInstanceOf(CloudStackError);
        }
      }),
    );
  });
});

it("names cookies by Java's hash of the address", () => {
  expect(defaultCookieName('lbcooki', { ip: '', port: 1 })).toBe('lbcooki_0_1');
  expect(defaultCookieName('lbcooki', { ip: 'hello', port: 443 })).toBe('lbcooki_99162322_443');
});
