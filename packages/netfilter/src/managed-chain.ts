import { IptablesError } from './errors.ts';
import { renderSave } from './render-save.ts';
import { ruleWords } from './rule-words.ts';

/** A chain that one program manages alone: it replaces all of the rules at once. */
export interface ManagedChain {
  table: 'filter' | 'nat' | 'mangle' | 'raw';
  chain: string;
  /** All of its rules in order, without `-A CHAIN`. */
  rules: readonly string[];
}

/** A chain's name has XT_EXTENSION_MAXNAMELEN, 29, bytes with its NUL (linux/netfilter/x_tables.h). */
const chainShape = /^[A-Za-z0-9][A-Za-z0-9_-]{0,27}$/;
const builtIn = new Set(['INPUT', 'OUTPUT', 'FORWARD', 'PREROUTING', 'POSTROUTING']);

/**
 * The text for `iptables-restore --noflush` that makes the chain hold these rules and no others: naming a chain that is not
 * built in creates or empties it, and the table is committed at once. Nothing else in the table is touched.
 *
 * @throws IptablesError `IPTABLES_CHAIN`, `IPTABLES_RULE`.
 */
export function renderChain({ table, chain, rules }: ManagedChain): string {
  if (!chainShape.test(chain) || builtIn.has(chain)) {
    throw new IptablesError(
      'IPTABLES_CHAIN',
      `${JSON.stringify(chain)} cannot be a chain of one's own: use up to 28 letters, digits, _ and -, and no built-in chain`,
    );
  }
  for (const rule of rules) checkRule(rule);
  const own = { name: chain, policy: '-', counters: { packets: 0, bytes: 0 }, rules: [...rules] };
  return renderSave({ tables: [{ name: table, chains: [own] }] });
}

/** A rule with a line break would be two; one with a command of its own would leave the chain. */
function checkRule(rule: string): void {
  if (/^(! )?-[a-z0-9-]+ [^\r\n\0]+$/.test(rule) && ruleWords(rule).length > 1) return;
  throw new IptablesError(
    'IPTABLES_RULE',
    `${JSON.stringify(rule)} is not a rule on one line without "-A CHAIN", such as "-p tcp --dport 80 -j ACCEPT"`,
  );
}
