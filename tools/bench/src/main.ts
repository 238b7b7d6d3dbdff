// npm run bench -- checker
import { benchChecker } from './checker.ts';

const benches: Record<string, () => Promise<string>> = { checker: benchChecker };

const [name = ''] = process.argv.slice(2);
const bench = benches[name];
if (bench) {
  process.stdout.write(await bench());
} else {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join('|')}\n`);
  process.exitCode = 1;
}
