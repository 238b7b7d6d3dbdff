/** What became of one mutant (mutation-testing-report-schema). */
export interface Mutant {
  mutatorName: string;
  replacement?: string;
  status: 'Killed' | 'Survived' | 'Timeout' | 'NoCoverage' | 'CompileError' | 'RuntimeError' | 'Ignored' | 'Pending';
  location: { start: Position; end: Position };
}

/** Both from 1. */
export interface Position {
  line: number;
  column: number;
}

/** What Stryker writes of a run. Paths are relative to the root of the repository. */
export interface Results {
  /** How many mutants a sample was taken of. */
  sampledOf?: number;
  files: Record<string, { source: string; mutants: readonly Mutant[] }>;
}

/** A mutant that no test noticed. */
export interface Survivor {
  file: string;
  /** From 1. */
  line: number;
  /** The source line without its indent. */
  source: string;
  original: string;
  replacement: string;
}

const survives = ({ status }: Mutant): boolean => status === 'Survived' || status === 'NoCoverage';

/** Without the survivors, so that Stryker tries them again: it does not see that a new test may kill a static mutant. */
export function withoutSurvivors(results: Results): Results {
  const files = Object.entries(results.files).map(([file, content]) => [
    file,
    { ...content, mutants: content.mutants.filter((mutant) => !survives(mutant)) },
  ]);
  return { ...results, files: Object.fromEntries(files) };
}

/** The mutants of a file that no test killed. */
export function survivorsOf(file: string, { source, mutants }: Results['files'][string]): Survivor[] {
  const lines = source.split('\n');
  return mutants
    .filter(survives)
    .map(({ location: { start, end }, replacement = '' }) => ({
      file,
      line: start.line,
      source: lines[start.line - 1]!.trim(),
      original: textBetween(lines, start, end),
      replacement,
    }))
    .sort((a, b) => a.line - b.line);
}

function textBetween(lines: readonly string[], start: Position, end: Position): string {
  if (start.line === end.line) return lines[start.line - 1]!.slice(start.column - 1, end.column - 1);
  const [first = '', ...rest] = lines.slice(start.line - 1, end.line);
  const last = rest.pop() ?? '';
  return [first.slice(start.column - 1), ...rest, last.slice(0, end.column - 1)].join('\n');
}
