import { HaproxyError } from '../errors.ts';
import type { ConfigFile, Line, Section, SectionKind } from './file.ts';
import type {
  BindStatement,
  DefaultServerStatement,
  ServerStatement,
  ServerTemplateStatement,
} from './statements/address.ts';
import { bindCodec, defaultServerCodec, serverCodec, serverTemplateCodec } from './statements/address.ts';
import type { Codec } from './statements/codec.ts';
import { type CookieStatement, cookieCodec } from './statements/cookie.ts';
import type { HttpCheckStatement, OptionStatement, StatsStatement } from './statements/option.ts';
import { httpCheckCodec, optionCodec, statsCodec } from './statements/option.ts';
import type { PlainStatement, TuneStatement } from './statements/plain.ts';
import { plainCodecs, tuneCodec } from './statements/plain.ts';
import type {
  AclStatement,
  BalanceStatement,
  HashTypeStatement,
  ModeStatement,
  NumberStatement,
  RuleStatement,
  TimeoutStatement,
} from './statements/proxy.ts';
import {
  aclCodec,
  balanceCodec,
  hashTypeCodec,
  modeCodec,
  numberCodecs,
  ruleCodecs,
  timeoutCodec,
} from './statements/proxy.ts';
import type { StickStatement, StickTableStatement } from './statements/stick.ts';
import { stickCodec, stickTableCodec } from './statements/stick.ts';
import { line, quoted, token } from './write.ts';

/** A line of the configuration, read into its parts. */
export type Statement =
  | AclStatement
  | BalanceStatement
  | BindStatement
  | CookieStatement
  | DefaultServerStatement
  | HashTypeStatement
  | HttpCheckStatement
  | ModeStatement
  | NumberStatement
  | OptionStatement
  | PlainStatement
  | RuleStatement
  | ServerStatement
  | ServerTemplateStatement
  | StatsStatement
  | StickStatement
  | StickTableStatement
  | TimeoutStatement
  | TuneStatement;

/** Every keyword has a codec. */
type Codecs = Record<Exclude<Statement['keyword'], 'tune'>, Codec<Statement>>;

const codecs: Codecs = {
  ...numberCodecs,
  ...plainCodecs,
  ...ruleCodecs,
  acl: aclCodec,
  balance: balanceCodec,
  bind: bindCodec,
  cookie: cookieCodec,
  'default-server': defaultServerCodec,
  'hash-type': hashTypeCodec,
  'http-check': httpCheckCodec,
  mode: modeCodec,
  option: optionCodec,
  peer: serverCodec('peer'),
  server: serverCodec('server'),
  'server-template': serverTemplateCodec,
  stats: statsCodec,
  stick: stickCodec,
  'stick-table': stickTableCodec,
  timeout: timeoutCodec,
};

/** The sections whose lines are read; of others, the lines are kept as they are. */
const readKinds: readonly SectionKind[] = ['global', 'defaults', 'listen', 'frontend', 'backend', 'peers'];

/**
 * Reads a line into its parts.
 *
 * @throws HaproxyError `HAPROXY_CONFIG_SYNTAX` for what is not known here, which need not be wrong: HAProxy has hundreds
 * of keywords.
 */
export function readStatement({ words, expands }: Line): Statement {
  const refuse = (why: string) => new HaproxyError('HAPROXY_CONFIG_SYNTAX', why);
  if (expands) throw refuse('it holds an environment variable, whose value only HAProxy knows');
  const [keyword = '', ...rest] = words;
  if (keyword === 'no' && rest[0] === 'option') return { ...optionCodec.read(rest.slice(1)), enabled: false };
  if (keyword.startsWith('tune.')) return tuneCodec(keyword.slice('tune.'.length)).read(rest);
  if (!Object.hasOwn(codecs, keyword)) throw refuse(`"${keyword}" is no keyword that is known here`);
  return codecs[keyword as keyof Codecs].read(rest);
}

/**
 * Writes a statement. A word that is not on the allow-list of {@link token} is quoted, so that it stays one word.
 *
 * @throws HaproxyError `HAPROXY_CONFIG_TOKEN` for what cannot stand in the file even in quotes;
 * `HAPROXY_CONFIG_SYNTAX` for a statement that could not be read again.
 */
export function statementLine(statement: Statement): Line {
  const written = line(...statementWords(statement).map((word) => (isToken(word) ? word : quoted(String(word)))));
  readStatement(written);
  return written;
}

function statementWords(statement: Statement): (string | number)[] {
  const { keyword } = statement;
  if (keyword === 'tune') return [`tune.${statement.name}`, statement.value];
  const words = [keyword, ...codecs[keyword].write(statement)];
  return keyword === 'option' && !statement.enabled ? ['no', ...words] : words;
}

function isToken(word: string | number): boolean {
  try {
    token(word);
    return true;
  } catch {
    return false;
  }
}

/** A line that {@link readStatement} does not read. */
export interface UnknownLine {
  section: Section;
  line: Line;
  /** Why it is not read. */
  reason: string;
}

/** The lines of a file that are kept as they are, and of which nothing is known here. */
export function unknownLines({ sections }: ConfigFile): UnknownLine[] {
  return sections.flatMap((section) => {
    if (!readKinds.includes(section.kind)) {
      const reason = `the lines of "${section.kind}" are not read here`;
      return section.lines.map((line) => ({ section, line, reason }));
    }
    return section.lines.flatMap((line) => {
      try {
        readStatement(line);
        return [];
      } catch (error) {
        if (!(error instanceof HaproxyError)) throw error;
        return [{ section, line, reason: error.message }];
      }
    });
  });
}
