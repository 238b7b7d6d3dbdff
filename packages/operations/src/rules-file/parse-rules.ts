import { canonicalRule, describeIssue, type HaproxySettings, type RuleRecord } from '@limpet/contract';
import { defaultSettings, haproxySettingsOf } from '@limpet/router';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { RulesError } from '../errors.ts';
import { suggest } from '../suggest.ts';
import { duplicatesIn } from './duplicates.ts';
import { knownKeys } from './known-keys.ts';
import { rulesFileSchema } from './rules-schema.ts';
import { withPatch } from './settings-schema.ts';
import { dotted, type Path, type SourcePosition, sourcePositionOf, valueAt } from './source-positions.ts';

interface Problem extends SourcePosition {
  /** `rules[0].ip: expected ...` */
  text: string;
}

/** What a rules file says. */
export interface RulesFile {
  rules: RuleRecord[];
  /** With the defaults for what the file does not say. */
  settings: HaproxySettings;
}

/**
 * Reads a rules file. Its rules are in their canonical form.
 *
 * @param source name of the file, for messages
 * @throws RulesError `RULES_INVALID` with all problems: `rules.yaml:4:9: rules[0].ip: expected ...`
 */
export function parseRules(text: string, source: string): RulesFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors.map(({ message, pos }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    return { line, column: col, text: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '') };
  });
  if (syntax.length > 0) throw invalid(source, syntax);
  const value = readValue(document, source);
  const parsed = rulesFileSchema.safeParse(value);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, value, document, lines)),
    ...duplicatesIn(value).map(({ path, message }) => problem(document, lines, path, message, 'value')),
  ];
  if (!parsed.success || problems.length > 0) throw invalid(source, problems);
  const { rules, settings } = parsed.data;
  return { rules: rules.map(canonicalRule), settings: withPatch(haproxySettingsOf(defaultSettings), settings) };
}

function readValue(document: Document, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias without its anchor, or so many aliases that they are an attack.
    throw invalid(source, [{ line: 1, column: 1, text: (error as Error).message }]);
  }
}

function problemsOf(issue: z.core.$ZodIssue, value: unknown, document: Document, lines: LineCounter): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    const found = valueAt(value, issue.path);
    return [problem(document, lines, issue.path, inWords(issue, found), 'value')];
  }
  const known = knownKeys(issue.path, value);
  return issue.keys.map((key) => {
    const near = suggest(key, known);
    const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
    return problem(document, lines, [...issue.path, key], `unknown key; ${hint}`, 'key');
  });
}

/** The rules file's own message where it has one, or else the contract's; with the value that was found. */
function inWords(issue: z.core.$ZodIssue, found: unknown): string {
  const own = /^expected /.test(issue.message) && issue.code !== 'custom';
  if (!own) return describeIssue(issue, found);
  return `${issue.message}, ${found === undefined ? 'but it is missing' : `got ${JSON.stringify(found)}`}`;
}

const problem = (document: Document, lines: LineCounter, path: Path, text: string, of: 'key' | 'value'): Problem => ({
  ...sourcePositionOf(document, lines, path, of),
  text: `${dotted(path)}: ${text}`,
});

function invalid(source: string, problems: readonly Problem[]): RulesError {
  const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return new RulesError(
    'RULES_INVALID',
    inOrder.map(({ line, column, text }) => `${source}:${line}:${column}: ${text}`),
  );
}
