import { IptablesError } from './error.ts';
import { type FilterRule, parseRule, renderRule } from './rule.ts';

/** A chain: built-in ones have a policy. */
export interface Chain {
  policy: 'ACCEPT' | 'DROP' | undefined;
  rules: FilterRule[];
}

const NO_CHAIN = 'No chain/target/match by that name.';
const NO_RULE = 'Bad rule (does a matching rule exist in that chain?).';
const targets = new Set(['ACCEPT', 'DROP', 'REJECT', 'RETURN']);

/** The filter table. Commands change it in place; `copy` it before to be able to roll back. */
export class Ruleset {
  readonly chains: Map<string, Chain>;

  constructor(chains: Map<string, Chain>) {
    this.chains = chains;
  }

  copy(): Ruleset {
    return new Ruleset(new Map([...this.chains].map(([name, chain]) => [name, { ...chain, rules: [...chain.rules] }])));
  }

  /**
   * `:NAME POLICY [0:0]` of iptables-restore: creates or empties a user-defined chain; sets the policy of a built-in
   * one.
   */
  declareChain(name: string, policy: string): void {
    const chain = this.chains.get(name);
    if (chain?.policy === undefined) this.chains.set(name, { policy: undefined, rules: [] });
    else if (policy === 'ACCEPT' || policy === 'DROP') chain.policy = policy;
  }

  /** Runs `-A CHAIN ...`, `-D`, `-I`, `-C`, `-F`, `-N`, `-X` or `-P`. @throws IptablesError. */
  run(words: readonly string[]): void {
    const [command = '', name = '', ...rest] = words;
    if (command === '-N') {
      if (this.chains.has(name)) throw new IptablesError(1, 'Chain already exists.');
      this.chains.set(name, { policy: undefined, rules: [] });
      return;
    }
    if (command === '-F' && name === '') {
      for (const chain of this.chains.values()) chain.rules = [];
      return;
    }
    const chain = this.chains.get(name);
    if (!chain) throw new IptablesError(1, NO_CHAIN);
    switch (command) {
      case '-A':
        chain.rules.push(this.#read(rest));
        return;
      case '-I': {
        const numbered = /^\d+$/.test(rest[0] ?? '');
        const position = numbered ? Number(rest[0]) - 1 : 0;
        if (position > chain.rules.length) throw new IptablesError(1, 'Index of insertion too big.');
        chain.rules.splice(position, 0, this.#read(numbered ? rest.slice(1) : rest));
        return;
      }
      case '-D':
        chain.rules.splice(this.#indexOf(chain, rest), 1);
        return;
      case '-C':
        this.#indexOf(chain, rest);
        return;
      case '-F':
        chain.rules = [];
        return;
      case '-P':
        this.declareChain(name, rest[0] ?? '');
        return;
      case '-X':
        this.#deleteChain(name, chain);
        return;
      default:
        throw new IptablesError(2, `unknown command "${command}" (the packet filter in memory)`);
    }
  }

  #read(words: readonly string[]): FilterRule {
    const rule = parseRule(words);
    if (rule.target !== undefined && !targets.has(rule.target) && !this.chains.has(rule.target)) {
      throw new IptablesError(2, `Chain '${rule.target}' does not exist`);
    }
    return rule;
  }

  #indexOf(chain: Chain, words: readonly string[]): number {
    if (/^\d+$/.test(words[0] ?? '') && chain.rules[Number(words[0]) - 1]) return Number(words[0]) - 1;
    const text = renderRule(this.#read(words));
    const index = chain.rules.findIndex((rule) => renderRule(rule) === text);
    if (index < 0) throw new IptablesError(1, NO_RULE);
    return index;
  }

  #deleteChain(name: string, chain: Chain): void {
    const used = [...this.chains.values()].some(({ rules }) => rules.some(({ target }) => target === name));
    if (used || chain.rules.length > 0 || chain.policy !== undefined) {
      throw new IptablesError(4, `CHAIN_DEL failed (Device or resource busy): chain ${name}`);
    }
    this.chains.delete(name);
  }
}
