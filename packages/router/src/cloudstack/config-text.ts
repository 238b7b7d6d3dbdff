/** haproxy.cfg from the databag's elements: split at embedded newlines, one line each (CsLoadBalancer.process). */
export function configText(elements: readonly string[]): string {
  return elements
    .flatMap((element) => element.split('\n'))
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * Whether CloudStack considers two files equal. Up to 4.19.1 it compares their *sets* of lines (CsFile.compare);
 * since apache/cloudstack#9822 it compares their lists of lines.
 *
 * @param lineSetCompare the known defect of that name.
 */
export function sameConfig(live: string, next: string, lineSetCompare: boolean): boolean {
  if (!lineSetCompare) return live === next;
  const liveLines = new Set(live.split('\n'));
  const nextLines = new Set(next.split('\n'));
  return liveLines.size === nextLines.size && [...nextLines].every((line) => liveLines.has(line));
}
