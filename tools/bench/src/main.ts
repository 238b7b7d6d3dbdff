// npm run bench -- agent|checker|inspector|monitor|router|store
import { benchAgent } from './agent.ts';
import { benchChecker } from './checker.ts';
import { benchInspector } from './inspector.ts';
import { benchMonitor } from './monitor.ts';
import { benchRouter } from './router.ts';
import { benchStore } from './store.ts';

/** Given the arguments after the name; undefined: it has printed its result itself. */
type Bench = (args: readonly string[]) => Promise<string | undefined>;

const benches: Record<string, Bench> = {
  agent: benchAgent,
  checker: benchChecker,
  inspector: benchInspector,
  monitor: benchMonitor,
  router: benchRouter,
  store: benchStore,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) {
  process.stdout.write((await bench(args)) ?? '');
} else {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join('|')}\n`);
  process.exitCode = 1;
}
