import type { RuleRecord } from '@limpet/contract';
import type { LoadBalancerSettings } from '../settings.ts';
import { defaultSettings } from '../settings.ts';
import { aMember, aRule, sourceBased } from './rules.ts';

/** 50 rules of one router, every second one sticky, three members each; the statistics listener has port 8081. */
export const exampleRules: readonly RuleRecord[] = Array.from({ length: 50 }, (_, i) =>
  aRule({
    port: i === 0 ? 8080 : 8081 + i,
    stickiness: i % 2 === 0 ? { method: 'none' } : sourceBased,
    members: [11, 12, 13].map((host) => aMember(`10.1.${i + 1}.${host}`)),
  }),
);

export const exampleSettings: LoadBalancerSettings = {
  ...defaultSettings,
  routerIp: '169.254.12.34',
  stats: { ip: '10.0.53.2', port: 8081, uri: '/admin?stats', auth: 'admin1:AdMiN123', sourceCidrs: '0/0' },
};
