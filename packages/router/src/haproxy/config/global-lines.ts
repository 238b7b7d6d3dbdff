import type { HaproxySettings } from '@limpet/contract';
import type { Word } from '@limpet/haproxy';

type Lines = readonly (readonly Word[])[];

/** Who the workers are: `user`, `group` and `chroot`. */
const identityLines = ({ user, group, chroot }: HaproxySettings): Lines =>
  Object.entries({ user, group, chroot }).flatMap(([keyword, value]) =>
    value === undefined ? [] : [[keyword, value]],
  );

/** Lines of the global section that the settings ask for. */
export const globalLines = (settings: HaproxySettings): Lines => {
  const { log, maxPipes, dhParamBits } = settings;
  return [
    ...identityLines(settings),
    ...(log ? [['log', `${log.ip}:${log.port}`, log.facility, log.level]] : []),
    ...(maxPipes === undefined ? [] : [['maxpipes', maxPipes]]),
    ...(dhParamBits === undefined ? [] : [['tune.ssl.default-dh-param', dhParamBits]]),
  ];
};

/** Lines of the defaults section that the settings ask for. A time-out of 0 is none. */
export const defaultsLines = ({ log, timeouts }: HaproxySettings): Lines => [
  ...(log ? [['log', 'global']] : []),
  ['timeout', 'connect', `${timeouts.connectMs}ms`],
  ['timeout', 'client', `${timeouts.clientMs}ms`],
  ['timeout', 'server', `${timeouts.serverMs}ms`],
];
