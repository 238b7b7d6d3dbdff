import type { RuleRecord } from '@limpet/contract';
import type { LoadBalancerSettings } from '../src/settings.ts';
import { defaultSettings } from '../src/settings.ts';
import { aMember, appCookie, aRule, lbCookie, sourceBased } from './rules.ts';

/** 50 rules of one router, every second one sticky, three members each; the statistics listener has port 8081. */
export const exampleRules: readonly RuleRecord[] = Array.from({ length: 50 }, (_, i) =>
  aRule({
    port: i === 0 ? 8080 : 8081 + i,
    stickiness: i % 2 === 0 ? { method: 'none' } : sourceBased,
    members: [11, 12, 13].map((host) => aMember(`10.1.${i + 1}.${host}`)),
  }),
);

const features: readonly Partial<RuleRecord>[] = [
  { port: 80, protocol: 'http', keepAlive: false },
  { port: 8082, algorithm: 'leastconn', cidrs: ['198.18.0.0/15', '203.0.113.7/32'] },
  { port: 8083, algorithm: 'source' },
  { port: 8084, stickiness: sourceBased },
  { port: 8085, protocol: 'tcp-proxy' },
  {
    port: 8086,
    protocol: 'http',
    keepAlive: false,
    stickiness: { ...lbCookie, nocache: true, indirect: true, domains: ['.example.org'] },
  },
  { port: 8087, protocol: 'http', keepAlive: false, stickiness: { ...appCookie, requestLearn: true } },
];

/** One rule for each thing that CloudStack 4.19.1 can say of a rule. */
export const featureRules: readonly RuleRecord[] = features.map((rule, i) =>
  aRule({ ...rule, members: [11, 12].map((host) => aMember(`10.1.${i + 1}.${host}`)) }),
);

export const exampleSettings: LoadBalancerSettings = {
  ...defaultSettings,
  routerIp: '169.254.12.34',
  stats: { ip: '10.0.53.2', port: 8081, uri: '/admin?stats', auth: 'admin1:AdMiN123', sourceCidrs: '0/0' },
};
