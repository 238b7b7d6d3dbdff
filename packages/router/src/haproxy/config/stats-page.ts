import { type Section, section } from '@limpet/haproxy';
import { RouterError } from '../../errors.ts';

/** HAProxy's statistics page. */
export interface StatsPage {
  ip: string;
  port: number;
  /** Client networks that may connect, as `a.b.c.d/n`; empty: all. */
  cidrs: readonly string[];
  /** Path of the page; CloudStack's is `/admin?stats`. */
  uri: string;
  /** Credentials for HTTP Basic authentication. */
  user: string;
  password: string;
}

/** A name that no rule's proxy has. */
const name = 'limpet-stats';

/** The page as a section of its own, so that it shares no settings with a rule. */
export const statsSection = ({ ip, port, uri, user, password }: StatsPage): Section =>
  section('listen', name, [
    ['bind', `${ip}:${port}`],
    ['mode', 'http'],
    ['stats', 'enable'],
    ['stats', 'uri', { quoted: uri }],
    ['stats', 'auth', { quoted: `${user}:${password}` }],
  ]);

const shapes: Record<'uri' | 'user' | 'password', RegExp> = {
  uri: /^\/[A-Za-z0-9._~/?=&%-]{0,255}$/,
  user: /^[A-Za-z0-9_.-]{1,64}$/,
  password: /^[!-~]{1,128}$/,
};

/** @throws RouterError `ROUTER_SETTINGS_INVALID` that names the field. */
export function checkStatsPage(page: StatsPage): void {
  for (const [field, shape] of Object.entries(shapes)) {
    if (shape.test(page[field as keyof typeof shapes])) continue;
    throw new RouterError('ROUTER_SETTINGS_INVALID', `statsPage.${field} has to match ${shape.source}`);
  }
}
