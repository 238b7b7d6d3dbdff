import type { StatisticsPage } from '@limpet/contract';
import { type Section, section } from '@limpet/haproxy';

/** A name that no rule's proxy has. */
const nameOf = ({ ip, port }: StatisticsPage): string => `limpet-stats-${ip.replaceAll('.', '_')}-${port}`;

/**
 * HAProxy's statistics page, as CloudStack has it, in a section of its own, so that it shares no settings with a rule. `transparent` (with
 * IP_FREEBIND, where HAProxy may not do more) binds it also while its address is elsewhere: HAProxy reloads and starts for the rules
 * all the same, and the page is there again when its address is.
 */
export const statisticsSection = (page: StatisticsPage): Section =>
  section('listen', nameOf(page), [
    ['bind', `${page.ip}:${page.port}`, 'transparent'],
    ['mode', 'http'],
    ['option', 'httpclose'],
    ['stats', 'enable'],
    ['stats', 'uri', { quoted: page.uri }],
    ['stats', 'realm', { quoted: 'Haproxy Statistics' }],
    ['stats', 'auth', { quoted: `${page.user}:${page.password}` }],
  ]);
