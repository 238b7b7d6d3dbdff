/**
 * What HAProxy complains of, without what it always says: its version, its path, the process id and the summary lines.
 *
 * @example
 * cleanMessages('[ALERT]    (42) : config : parsing [a.cfg:3] : unknown keyword'); // "parsing [a.cfg:3] : unknown keyword"
 */
export function cleanMessages(output: string): string {
  const lines = output.split('\n').filter((line) => !/^\[NOTICE\]|^\s*$/.test(line));
  const alerts = lines.filter(
    (line) => line.startsWith('[ALERT]') && !/Error\(s\) found|Fatal errors found/.test(line),
  );
  return (alerts.length > 0 ? alerts : lines)
    .map((line) => line.replace(/^\[\w+\]\s+\(\d+\) : (config : )?/, '').trim())
    .join('; ');
}
