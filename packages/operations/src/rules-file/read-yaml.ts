import { describeIssue, dotted, excerpt, valueAt } from '@limpet/contract';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { suggest } from '../suggest.ts';
import { readJson } from './read-json.ts';
import { type Path, type SourcePosition, sourcePositionOf } from './source-positions.ts';

/** A kind of YAML file. */
export interface YamlFormat<T> {
  schema: z.ZodType<T>;
  /** The keys that the file may have at a path. */
  knownKeys(path: Path, file: unknown): string[];
  /** Problems that the schema does not see. */
  further?(file: unknown): readonly { path: Path; message: string }[];
  /** The error for all problems of a file, one a line. */
  invalid(lines: readonly string[]): Error;
}

interface Problem extends SourcePosition {
  /** `rules[0].ip: expected ...` */
  text: string;
}

/**
 * Reads a YAML or JSON file that an operator wrote.
 *
 * @param source name of the file, for messages
 * @throws the format's error with all problems: `rules.yaml:4:9: rules[0].ip: expected ...`
 */
export function readYaml<T>(text: string, source: string, format: YamlFormat<T>): T {
  const json = readJson(text);
  const good = json === undefined ? undefined : format.schema.safeParse(json);
  if (good?.success && (format.further?.(json) ?? []).length === 0) return good.data;
  const lines = new LineCounter();
  // What the parser warns of on stderr, a key that is no text, is an unknown key.
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
  const invalid = (problems: readonly Problem[]): Error => format.invalid(inOrder(problems, source));
  const syntax = document.errors.map(({ code, message, pos }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    const said = message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    // The parser's own words name a function of its.
    return {
      line,
      column: col,
      text: code === 'MULTIPLE_DOCS' ? 'expected one document; take out what follows' : said,
    };
  });
  if (syntax.length > 0) throw invalid(syntax);
  const value = readValue(document, invalid);
  const parsed = format.schema.safeParse(value);
  const problem = (path: Path, said: string, of: 'key' | 'value'): Problem => ({
    ...sourcePositionOf(document, lines, path, of),
    text: `${dotted(path)}: ${said}`,
  });
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, value, format, problem)),
    ...(format.further?.(value) ?? []).map(({ path, message }) => problem(path, message, 'value')),
  ];
  if (!parsed.success || problems.length > 0) throw invalid(problems);
  return parsed.data;
}

function readValue(document: Document, invalid: (problems: readonly Problem[]) => Error): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias without its anchor, or so many aliases that they are an attack.
    throw invalid([{ line: 1, column: 1, text: (error as Error).message }]);
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  value: unknown,
  { knownKeys }: Pick<YamlFormat<unknown>, 'knownKeys'>,
  problem: (path: Path, said: string, of: 'key' | 'value') => Problem,
): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [problem(issue.path, issueInWords(issue, valueAt(value, issue.path)), 'value')];
  }
  const known = knownKeys(issue.path, value);
  return issue.keys.map((key) => problem([...issue.path, key], unknownKeyInWords(key, known), 'key'));
}

/** What to do about a key that is not known. */
export function unknownKeyInWords(key: string, known: readonly string[]): string {
  const near = suggest(key, known);
  return `unknown key; ${near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`}`;
}

/** The schema's own message where it has one, or else the contract's; with the value that was found. */
export function issueInWords(issue: z.core.$ZodIssue, found: unknown): string {
  const own = /^expected /.test(issue.message) && issue.code !== 'custom';
  if (!own) return describeIssue(issue, found);
  return `${issue.message}, ${found === undefined ? 'but it is missing' : `got ${excerpt(found)}`}`;
}

const inOrder = (problems: readonly Problem[], source: string): string[] =>
  problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, text }) => `${source}:${line}:${column}: ${text}`);
