import { routerPaths } from '../config/paths.ts';
import { toProxySpecs } from '../config/proxy-spec.ts';
import { lineRanges, renderFiles } from '../config/render.ts';
import { assignServerIds, numberingOf } from '../config/server-ids.ts';
import { defaultSettings } from '../config/settings.ts';
import type { RouterSnapshot } from './inspect.ts';

/** A file of HAProxy's configuration, as Limpet writes it for the desired rules. */
export interface GeneratedFile {
  name: string;
  /** Whether the file on the host is another one: not written yet, edited, or its rules are refused. */
  differs: boolean;
  /** Its lines, in their order, by the rule that they are there for. */
  parts: readonly GeneratedLines[];
}

/** Lines that are there for one rule. */
export interface GeneratedLines {
  /** The rule's id; undefined: for all rules. */
  rule: string | undefined;
  /** The number of the first line, from 1. */
  first: number;
  lines: readonly string[];
}

/**
 * The configuration for the desired rules of a router. Pure.
 *
 * @param dir the router's folder, whose paths are in the configuration
 */
export function generatedConfig(snapshot: RouterSnapshot, dir: string): GeneratedFile[] {
  const { wanted, serverIds, haproxy, observed } = snapshot;
  const settings = { ...defaultSettings, ...snapshot.settings };
  const rules = Object.values(wanted);
  const members = Object.entries(wanted).map(([id, { rule }]) => ({ rule: id, vms: rule.members.map(({ vm }) => vm) }));
  const specs = toProxySpecs(rules, assignServerIds(serverIds, members, numberingOf(settings)));
  const paths = routerPaths(dir);
  const { config } = renderFiles(specs, settings, paths, haproxy);
  return [...lineRanges(specs, settings, paths, haproxy)].map(([name, ranges]) => {
    const text = config.get(name)!;
    const lines = text.split('\n');
    const parts = ranges.map(({ first, last, rule }) => ({ rule, first, lines: lines.slice(first - 1, last) }));
    return { name, differs: observed.config.get(name) !== text, parts };
  });
}
