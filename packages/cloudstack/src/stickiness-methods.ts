import type { CookieMode, Stickiness } from '@limpet/contract';

/** The methods by CloudStack's names. */
export type StickinessMethodName = Exclude<Stickiness['method'], 'none'>;

/** What a router really does for stickiness. */
export interface StickinessCapabilities {
  methods: readonly StickinessMethodName[];
  /** Modes of LbCookie. */
  cookieModes: readonly CookieMode[];
}

/** All that a rule record can say. */
export const allStickiness: StickinessCapabilities = {
  methods: ['LbCookie', 'AppCookie', 'SourceBased'],
  cookieModes: ['insert', 'rewrite', 'prefix'],
};

/** A parameter of a method. A flag is true when it is there, whatever its value. */
export interface StickinessParameter {
  name: string;
  flag: boolean;
}

const value = (name: string): StickinessParameter => ({ name, flag: false });
const flag = (name: string): StickinessParameter => ({ name, flag: true });

/**
 * The methods and their parameters. CloudStack also has `prefix` and `mode` of AppCookie, which HAProxy cannot do since
 * 1.6: they are refused by name and not advertised.
 */
export const stickinessMethods: Readonly<
  Record<StickinessMethodName, { description: string; parameters: readonly StickinessParameter[] }>
> = {
  LbCookie: {
    description: 'The load balancer names the member in a cookie of its own.',
    parameters: [
      value('cookie-name'),
      value('mode'),
      flag('nocache'),
      flag('indirect'),
      flag('postonly'),
      value('domain'),
    ],
  },
  AppCookie: {
    description: 'All requests with one value of a cookie of the application reach the same member.',
    parameters: [value('cookie-name'), value('length'), value('holdtime'), flag('request-learn')],
  },
  SourceBased: {
    description: 'All connections of one source address reach the same member.',
    parameters: [value('tablesize'), value('expire')],
  },
};

/**
 * The network capability `SupportedStickinessMethods`, as listNetworks shows it: a JSON text. Only what the router serves:
 * CloudStack advertises AppCookie, which its own HAProxy refuses (apache/cloudstack#3253).
 */
export function supportedStickinessMethods({ methods, cookieModes }: StickinessCapabilities): string {
  return JSON.stringify(
    methods
      .filter((method) => method !== 'LbCookie' || cookieModes.length > 0)
      .map((methodname) => {
        const { description, parameters } = stickinessMethods[methodname];
        return {
          methodname,
          // A blank description, as CloudStack sends it: its user interface cannot take longer texts.
          paramlist: parameters.map(({ name, flag: isflag }) => ({
            paramname: name,
            required: false,
            isflag,
            description: ' ',
          })),
          description,
        };
      }),
  );
}
