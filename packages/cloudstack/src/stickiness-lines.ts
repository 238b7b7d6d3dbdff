import type { AppCookie, LbCookie, Stickiness } from '@limpet/contract';
import type { LoadBalancerSettings } from './settings.ts';
import { renderExpire, renderTableSize } from './units.ts';

/** Whether HAProxy has to read HTTP for it; servers are named in cookies then. */
export const sticksByCookie = ({ method }: Stickiness): boolean => method === 'LbCookie' || method === 'AppCookie';

/** One element of one or more lines, as HAProxyConfigurator.getLbSubRuleForStickiness builds it; none without a policy. */
export function stickinessLines(stickiness: Stickiness, settings: LoadBalancerSettings): string[] {
  const peers = settings.peers ? ` peers ${settings.peers.section}` : '';
  switch (stickiness.method) {
    case 'none':
      return [];
    case 'SourceBased': {
      const { tableSize, expireSeconds } = stickiness;
      return [
        `\tstick-table type ip size ${renderTableSize(tableSize)} expire ${renderExpire(expireSeconds)}${peers}\n\tstick on src`,
      ];
    }
    case 'LbCookie':
      return [cookieLine(stickiness)];
    case 'AppCookie':
      return [settings.appCookie === 'appsession' ? appSessionLine(stickiness) : cookieTableLines(stickiness, peers)];
  }
}

/** Ends in a blank, as CloudStack writes it. */
function cookieLine({ cookieName, mode, indirect, nocache, postonly, domains }: LbCookie): string {
  const options = [
    ...(indirect ? ['indirect'] : []),
    ...(nocache ? ['nocache'] : []),
    ...(postonly ? ['postonly'] : []),
    ...domains.map((domain) => `domain ${domain}`),
  ];
  const end = domains.length > 0 ? '  ' : ' ';
  return `\tcookie ${[cookieName, mode, ...options].join(' ')}${end}`;
}

function appSessionLine({ cookieName, length, holdTimeSeconds, requestLearn }: AppCookie): string {
  const learn = requestLearn ? 'request-learn ' : '';
  return `\tappsession ${cookieName} len ${length} timeout ${renderExpire(holdTimeSeconds)} ${learn}`;
}

/** The form of apache/cloudstack#14131, in its size of the table. */
function cookieTableLines({ cookieName, length, holdTimeSeconds, requestLearn }: AppCookie, peers: string): string {
  return [
    `\tstick-table type string len ${length} size 10k expire ${renderExpire(holdTimeSeconds)}${peers}`,
    `\tstick store-response res.cook(${cookieName})`,
    `\tstick match req.cook(${cookieName})`,
    ...(requestLearn ? [`\tstick store-request req.cook(${cookieName})`] : []),
    '',
  ].join('\n');
}
