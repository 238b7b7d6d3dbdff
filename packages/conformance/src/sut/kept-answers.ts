import type { Exec } from '@limpet/lab';

/** Programs that tell what a lab is opened with, and which HAProxy is installed. */
const constant: readonly RegExp[] = [
  / -vv$/,
  /^ip -json -4 address$/,
  /^ipset save$/,
  /^nft list tables$/,
  /^cat \/proc\/self\/limits$/,
  /^readlink \/proc\/self\/ns\/net$/,
];
const readsFilter = /^iptables(-\w+)?-save( |$)/;
const changesFilter = /^iptables(-(nft|legacy))?(-restore)? /;

/**
 * Starts no program whose answer is known: of a host of which nobody else changes anything, the packet filter stays as it is
 * until `exec` runs what changes it, and the addresses, sets and limits stay for good.
 */
export function keepingAnswers(exec: Exec): Exec {
  const forGood = new Map<string, ReturnType<Exec>>();
  const untilChange = new Map<string, ReturnType<Exec>>();
  return async (file, args, options) => {
    const program = [file, ...args].join(' ');
    if (changesFilter.test(program)) {
      try {
        return await exec(file, args, options);
      } finally {
        // A failure may have changed something, too; and what was read meanwhile may be from before.
        untilChange.clear();
      }
    }
    const kept = constant.some((each) => each.test(program)) ? forGood : untilChange;
    if (kept === untilChange && !readsFilter.test(program)) return exec(file, args, options);
    const answer = kept.get(program) ?? exec(file, args, options);
    kept.set(program, answer);
    return answer;
  };
}
