import type { Section } from '@limpet/haproxy';
import type { ConfigSpec } from './spec.ts';

/** Compiles the `global` and `peers` sections. */
export function compileGlobal(
  sections: readonly Section[],
): Pick<ConfigSpec, 'environment' | 'peers' | 'localPeer' | 'runtimeCli'> {
  const environment = new Map<string, string>();
  // Without `localpeer` (or -L) HAProxy uses the host's name, which is in no peers section of our routers.
  let localPeer = 'localhost';
  let runtimeCli = false;
  const peers = new Map<string, string>();
  for (const section of sections) {
    for (const { words } of section.lines) {
      const [keyword, first = '', second = ''] = words;
      if (section.kind === 'global') {
        if (keyword === 'setenv' || (keyword === 'presetenv' && !environment.has(first)))
          environment.set(first, second);
        else if (keyword === 'unsetenv') environment.delete(first);
        else if (keyword === 'localpeer') localPeer = first;
        else if (keyword === 'stats' && first === 'socket') runtimeCli = true;
      } else if (section.kind === 'peers' && (keyword === 'peer' || keyword === 'server') && first === localPeer) {
        peers.set(section.name ?? '', second);
      }
    }
  }
  environment.set('HAPROXY_LOCALPEER', localPeer);
  return { environment, peers, localPeer, runtimeCli };
}
