import { canonicalRule, type RuleKey, type RuleRecord, ruleKeySchema, ruleRecordSchema } from '@limpet/contract';
import type { LoadBalancerDatabag } from '../databag.ts';
import { CloudStackError } from '../errors.ts';
import { keyOfProxyName } from '../names.ts';
import { checked } from './checked.ts';
import { type DatabagSettings, readSettings } from './databag-settings.ts';
import { linesOf } from './lines.ts';
import { type NotCarriedOut, Notes } from './notes.ts';
import type { DatabagCertificate } from './read-certificates.ts';
import { readKeys } from './read-keys.ts';
import { readRule } from './rule-reader.ts';
import { type ConfigSection, isStatisticsSection, sectionsOf } from './sections.ts';

/** A rule that cannot be read, and the line that is at fault. */
export interface RefusedRule {
  key: RuleKey;
  /** Names the line and the remedy. */
  error: CloudStackError;
}

/** What a databag asks for, line by line and key by key: each is in the rules or the settings, at fault of a rule, or not carried out. */
export interface DatabagContents {
  /** In the order of the databag. */
  rules: RuleRecord[];
  refused: RefusedRule[];
  settings: DatabagSettings;
  /** Of `ssl_certs`: what the files that rules read should hold. */
  certificates: DatabagCertificate[];
  notCarriedOut: NotCarriedOut[];
}

/**
 * Reads a databag from the haproxy.cfg lines that CloudStack generates. A rule that cannot be read is refused, and all
 * others are read; a line beside the rules that cannot be carried out is named. The dummy `vmops`, without which HAProxy
 * would not run without rules, is understood and left out.
 *
 * A databag says less than a rule record, hence: every member is `serving`, its VM is named after its address
 * (`vm-10-1-1-11`), and a stickiness policy without members is not in the file and reads as `none`.
 */
export function readDatabag(databag: LoadBalancerDatabag): DatabagContents {
  const notes = new Notes();
  const { sections, stray } = sectionsOf(linesOf(databag));
  for (const line of stray) notes.add(line, 'stands before the first section');
  const { settings, keepAlive } = readSettings(sections, databag.config, notes);
  const rules = new Map<string, RuleRecord>();
  const refused = new Map<string, RefusedRule>();
  for (const section of sections) {
    if (isOwn(section)) continue;
    const key = keyOf(section);
    if (!key) {
      noteSection(section, notes);
      continue;
    }
    const id = `${key.ip}:${key.port}`;
    try {
      if (rules.has(id)) throw duplicate(section);
      const rule = canonicalRule(checked(ruleRecordSchema, readRule(section, key, keepAlive), section.opening));
      if (!refused.has(id)) rules.set(id, rule);
    } catch (error) {
      if (!(error instanceof CloudStackError)) throw error;
      rules.delete(id);
      if (!refused.has(id)) refused.set(id, { key, error });
    }
  }
  const read = { rules: [...rules.values()], refused: [...refused.values()] };
  const certificates = readKeys(databag, { ...read, statistics: settings.statistics }, notes);
  return { ...read, settings, certificates, notCarriedOut: notes.all };
}

/**
 * The rules of a databag, when all of them can be read.
 *
 * @throws CloudStackError that names the line and the remedy.
 */
export function rulesFromDatabag(databag: LoadBalancerDatabag): RuleRecord[] {
  const { rules, refused } = readDatabag(databag);
  if (refused[0]) throw refused[0].error;
  return rules;
}

const isOwn = (section: ConfigSection): boolean =>
  section.kind === 'global' || section.kind === 'defaults' || isStatisticsSection(section);

/** The kinds of sections that a rule has; of transparent load balancing, it has a frontend and two backends. */
const ofRules: readonly ConfigSection['kind'][] = ['listen', 'frontend', 'backend'];

function keyOf({ kind, name }: ConfigSection): RuleKey | undefined {
  if (!ofRules.includes(kind)) return undefined;
  const key = keyOfProxyName(kind === 'backend' ? name.replace(/-backend(-local)?$/, '') : name);
  return key && ruleKeySchema.safeParse(key).success ? key : undefined;
}

function noteSection({ kind, name, opening, body }: ConfigSection, notes: Notes): void {
  if (kind === 'listen' && name === 'vmops') {
    const others = body.filter(({ words }) => !ofVmops.includes(words.join(' ')));
    for (const line of others) notes.add(line, 'is no line of CloudStack\'s dummy "vmops"');
    return;
  }
  const why = ofRules.includes(kind)
    ? `"${name}" is no rule's name, such as 10_0_53_2-8080`
    : (otherSections.get(kind) ?? `CloudStack writes no section "${kind}"`);
  for (const line of [opening, ...body]) notes.add(line, why);
}

/** The body of CloudStack's dummy. */
const ofVmops = ['bind 0.0.0.0:9', 'option transparent'];

const otherSections: ReadonlyMap<ConfigSection['kind'], string> = new Map([
  ['peers', 'Limpet has peers of its own, over which stick tables survive a reload'],
]);

const duplicate = ({ name, opening }: ConfigSection): CloudStackError =>
  new CloudStackError(
    'CLOUDSTACK_CONFIG_INCONSISTENT',
    opening.place,
    `a second section "${name}"; HAProxy refuses duplicate names, so send each rule once`,
  );
