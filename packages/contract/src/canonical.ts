import type { Command } from './commands.generated.ts';
import { canonicalNetworks } from './networks.ts';
import type { RuleRecord } from './records.generated.ts';

/**
 * The one form of all rules that mean the same (B15): members are a set, and so are networks; a file has one path. What
 * comes from outside is brought into this form where it is parsed, so that equal rules compare as equal ever after.
 */
export function canonicalRule(rule: RuleRecord): RuleRecord {
  return {
    ...rule,
    cidrs: canonicalNetworks(rule.cidrs),
    ...(rule.certificate !== undefined && { certificate: canonicalPath(rule.certificate) }),
    members: rule.members.toSorted((a, b) => (a.vm < b.vm ? -1 : a.vm > b.vm ? 1 : 0)),
  };
}

/** The command with its rules in their canonical form. */
export function canonicalCommand(command: Command): Command {
  switch (command.type) {
    case 'putRule':
      return { ...command, rule: canonicalRule(command.rule) };
    case 'syncRules': {
      const rules = command.snapshot.rules.map((versioned) => ({ ...versioned, rule: canonicalRule(versioned.rule) }));
      return { ...command, snapshot: { ...command.snapshot, rules } };
    }
    default:
      return command;
  }
}

/** `..` stays: behind a symbolic link it may lead anywhere. */
const canonicalPath = (path: string): string => path.replace(/\/(?:\.?\/)+/g, '/');
