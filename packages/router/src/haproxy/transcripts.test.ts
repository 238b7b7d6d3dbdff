import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { playTranscript } from '../../testing/transcript.ts';

/**
 * What the router does, command by command: `testdata/*.txt`. `vitest run -u` writes the outputs anew; a reader of the
 * diff sees what has changed in its behaviour.
 */
const folder = new URL('../../testdata/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));

/** Plans are made in the router and never pass a port: they are overheard where they are made. */
const plans = vi.hoisted(() => ({ applying: false, print: (_: string[]): void => {} }));

vi.mock('./apply/apply.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('./apply/apply.ts')>();
  return {
    ...original,
    applyRules: (...args: Parameters<typeof original.applyRules>) => {
      plans.applying = true;
      return original.applyRules(...args);
    },
  };
});

vi.mock('./plan/plan.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('./plan/plan.ts')>();
  return {
    ...original,
    planSteps: (...args: Parameters<typeof original.planSteps>) => {
      const steps = original.planSteps(...args);
      // Later plans of the same round only prove that nothing is left to do.
      if (plans.applying) plans.print(original.describePlan(steps).split('\n').filter(Boolean));
      plans.applying = false;
      return steps;
    },
  };
});

it.each(names)('%s', async (name) => {
  const file = new URL(name, folder);
  const played = await playTranscript(readFileSync(file, 'utf8'), ({ output }) => {
    plans.applying = false;
    plans.print = (lines) => output.defer(lines.map((line) => `plan    ${line}`));
  });
  await expect(played).toMatchFileSnapshot(fileURLToPath(file));
});
