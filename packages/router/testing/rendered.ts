import type { RuleRecord } from '@limpet/contract';
import type { Capabilities } from '@limpet/haproxy';
import { tableOf } from '../src/desired.ts';
import { defaultHaproxy } from '../src/haproxy/config/default-haproxy.ts';
import { type RouterPaths, routerPaths } from '../src/haproxy/config/paths.ts';
import { type ProxySpec, toProxySpecs } from '../src/haproxy/config/proxy-spec.ts';
import { configText, type RenderedFiles, renderFiles } from '../src/haproxy/config/render.ts';
import { assignServerIds, emptyServerIds, type ServerIds } from '../src/haproxy/config/server-ids.ts';
import { defaultSettings, type RouterSettings } from '../src/haproxy/config/settings.ts';
import { ruleId } from '../src/names.ts';

/** Ids for all members of these rules. */
export const idsFor = (rules: readonly RuleRecord[], before: ServerIds = emptyServerIds()): ServerIds =>
  assignServerIds(
    before,
    rules.map((rule) => ({ rule: ruleId(rule), vms: rule.members.map(({ vm }) => vm) })),
  );

export const specs = (rules: readonly RuleRecord[], ids: ServerIds = idsFor(rules)): ProxySpec[] =>
  toProxySpecs(
    rules.map((rule) => ({ rule, generation: 1, table: tableOf(rule, undefined) })),
    ids,
  );

/** The files of these rules, as a router that begins with them writes them, and the configuration as one text. */
export const rendered = (
  rules: readonly RuleRecord[],
  {
    paths = routerPaths('/run/limpet'),
    ids = idsFor(rules),
    settings = {},
    haproxy = defaultHaproxy,
  }: {
    paths?: RouterPaths;
    ids?: ServerIds;
    settings?: Partial<RouterSettings>;
    haproxy?: Capabilities;
  } = {},
): RenderedFiles & { text: string } => {
  const files = renderFiles(specs(rules, ids), { ...defaultSettings, ...settings }, paths, haproxy);
  return { ...files, text: configText(files) };
};
