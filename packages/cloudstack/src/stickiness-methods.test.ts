import { expect, it } from 'vitest';
import { allStickiness, supportedStickinessMethods } from './stickiness-methods.ts';

it('advertises methods as listNetworks does', () => {
  const [lbCookie, appCookie, sourceBased] = JSON.parse(supportedStickinessMethods(allStickiness));
  expect(sourceBased).toEqual({
    methodname: 'SourceBased',
    paramlist: [
      { paramname: 'tablesize', required: false, isflag: false, description: ' ' },
      { paramname: 'expire', required: false, isflag: false, description: ' ' },
    ],
    description: 'All connections of one source address reach the same member.',
  });
  const flags = lbCookie.paramlist.flatMap((p: { isflag: boolean; paramname: string }) =>
    p.isflag ? p.paramname : [],
  );
  expect(flags).toEqual(['nocache', 'indirect', 'postonly']);
  expect(appCookie.paramlist.map((p: { paramname: string }) => p.paramname)).toEqual([
    'cookie-name',
    'length',
    'holdtime',
    'request-learn',
  ]);
});

it('advertises nothing that the router does not serve (apache/cloudstack#3253)', () => {
  const names = (text: string) => JSON.parse(text).map((m: { methodname: string }) => m.methodname);
  expect(names(supportedStickinessMethods({ methods: ['SourceBased'], cookieModes: [] }))).toEqual(['SourceBased']);
  expect(names(supportedStickinessMethods({ ...allStickiness, cookieModes: [] }))).toEqual([
    'AppCookie',
    'SourceBased',
  ]);
});
