import { dotted } from '@limpet/contract';
import { suggest } from '@limpet/operations';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { SimulatorError } from '../errors.ts';
import { type Scenario, scenarioJsonSchema, scenarioSchema } from './scenario.ts';

type Path = readonly PropertyKey[];

/**
 * Reads a scenario from YAML.
 *
 * @param source name of the file, for messages
 * @throws SimulatorError `SCENARIO_INVALID` that names the path, the line and, for a misspelt key, the nearest one
 */
export function parseScenario(text: string, source: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax) {
    const [summary] = syntax.message.split('\n');
    throw new SimulatorError('SCENARIO_INVALID', `${source}: ${summary!.replace(/:$/, '')}`);
  }
  const parsed = scenarioSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt key is both unknown and missing: the first helps more.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  throw invalid(source, document, lines, path, explain(issue, path));
}

function invalid(source: string, document: Document, lines: LineCounter, path: Path, problem: string): SimulatorError {
  const line = lineOf(document, lines, path);
  const place = line === undefined ? source : `${source}:${line}`;
  return new SimulatorError('SCENARIO_INVALID', `${place}: ${dotted(path)}: ${problem}`);
}

function explain(issue: z.core.$ZodIssue, path: Path): string {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path);
    const near = suggest(issue.keys[0]!, known);
    return near === undefined
      ? `unknown key; known are: ${known.join(', ')}`
      : `unknown key; did you mean ${quote(near)}?`;
  }
  if (issue.code === 'invalid_union' && path.at(-1) === 'op')
    return 'expected disable, enable, change, scale or recreateVms';
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  if (missing) return `missing; expected ${issue.expected}`;
  return issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '');
}

/** The keys that the schema knows at a path. */
function keysAt(path: Path): string[] {
  let nodes = [scenarioJsonSchema() as JsonSchema];
  for (const part of path) {
    nodes = nodes.flatMap((node) => {
      const next = typeof part === 'number' ? node.items : node.properties?.[String(part)];
      return next === undefined ? [] : alternatives(next);
    });
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
}

const alternatives = (node: JsonSchema): JsonSchema[] => node.oneOf ?? node.anyOf ?? [node];

/** Line of the nearest part of the path that is in the text: of the key itself, where the path ends in one. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last)
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

const quote = (text: string): string => JSON.stringify(text);
