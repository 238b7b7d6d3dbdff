import { parseArgs } from 'node:util';

/** A fleet's size. */
export interface Size {
  rules: number;
  members: number;
}

/** What the router benchmark is asked for. */
export interface RouterBenchOptions {
  sizes: Size[];
  /** Milliseconds for each sort of change on each router and size. */
  budgetMs: number;
  output: 'json' | 'table';
}

/** Which benchmark is asked for, and the sizes that it takes without `--sizes`. */
export interface BenchDefaults {
  name: string;
  sizes: string;
}

const routerDefaults: BenchDefaults = { name: 'router', sizes: '50x10,500x10,2000x10' };

const sizeOf = (text: string, usage: string): Size => {
  const match = /^([1-9]\d{0,3})x([1-9]\d{0,2})$/.exec(text);
  if (!match) throw new Error(`--sizes: "${text}" is not RULESxMEMBERS such as 50x10; ${usage}`);
  return { rules: Number(match[1]), members: Number(match[2]) };
};

/** Parses the arguments after `router` or `agent`. Throws an Error that names the one at fault. */
export function parseRouterOptions(args: readonly string[], { name, sizes } = routerDefaults): RouterBenchOptions {
  const usage = `usage: npm run bench -- ${name} [--sizes ${sizes}] [--seconds 6] [-o json|table]`;
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: sizes },
      seconds: { type: 'string', default: '6' },
      output: { type: 'string', short: 'o', default: 'table' },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 600))
    throw new Error(`--seconds: "${values.seconds}" is not a number up to 600; ${usage}`);
  const { output } = values;
  if (output !== 'json' && output !== 'table')
    throw new Error(`--output: "${output}" is neither json nor table; ${usage}`);
  return { sizes: values.sizes.split(',').map((text) => sizeOf(text, usage)), budgetMs: seconds * 1000, output };
}
