/** haproxy.cfg from the databag's elements: split at embedded newlines, one line each (CsLoadBalancer.process). */
export function configText(elements: readonly string[]): string {
  return elements
    .flatMap((element) => element.split('\n'))
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * Whether CloudStack takes two files for the same. Up to 4.19.1 it asks whether they have the same *set* of lines
 * (CsFile.compare); apache/cloudstack#9822 made it the same list.
 */
export function sameConfig(live: string, next: string, lineSetCompare: boolean): boolean {
  if (!lineSetCompare) return live === next;
  const liveLines = new Set(live.split('\n'));
  const nextLines = new Set(next.split('\n'));
  return liveLines.size === nextLines.size && [...nextLines].every((line) => liveLines.has(line));
}
