import { expect, it } from 'vitest';
import { redact, secretsIn } from './redact.ts';

const secret = 's3cret-v4lue';

it.each([
  ['a statistics page of HAProxy', `  stats auth "admin:${secret}"`],
  ['one without quotes, within a sentence', `line 7: "stats auth admin1:${secret}" is not carried out`],
  ['a user list', `  user bob insecure-password ${secret}`],
  ['YAML', `statistics: [{ user: admin, password: ${secret}, port: 8404 }]`],
  ['YAML with quotes', `password: '${secret}'`],
  ['JSON', `{"port":1,"password":"${secret}"}`],
  ['a token', `LIMPET_TOKEN=${secret}`],
  ['an API key', `api_key: ${secret}`],
  ['Bearer', `authorization: Bearer ${secret}`],
  ['a header in JSON', `{"authorization":"Basic ${secret}"}`],
  ['a cookie', `Cookie: JSESSIONID=${secret}; lb=vm1`],
  ['a cookie that is set', `Set-Cookie: SRV=${secret}; path=/`],
  ['an address', `https://admin:${secret}@example.com/x`],
  ['a key', `-----BEGIN RSA PRIVATE KEY-----\n${secret}\nAA==\n-----END RSA PRIVATE KEY-----`],
  ['a key that is cut off', `-----BEGIN PRIVATE KEY-----\n${secret}`],
])('takes out the secret of %s, and knows it elsewhere', (_, text) => {
  expect(redact(text, [])).not.toContain(secret);
  expect(redact(`it was ${secret}`, secretsIn(text))).not.toContain(secret);
});

it('leaves what is none', () => {
  const text = [
    'tokenFile: /etc/limpet/token',
    'cookie SRV insert indirect nocache',
    'server web-1 10.1.1.1:80 id 1 cookie web-1',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'limpet_unauthorized_total 3',
  ].join('\n');
  expect(redact(text, [])).toBe(text);
});

it('takes out a known secret wherever it stands, the longest first', () => {
  expect(redact('ab abc', ['ab', 'abc', ''])).toBe('[redacted] [redacted]');
});
