import { useRun, useRunValue } from '../store/hooks.ts';
import { Plot } from './plot.tsx';

/** How long changes took, and how often HAProxy was reloaded, over a run. */
export function RunPlots() {
  const { trends } = useRun();
  const version = useRunValue(
    (store) => store.trends.lag.times.length + store.trends.reloads.values.length + store.messages.length,
  );
  return (
    <section className="run-plots" aria-label="Plots">
      <Plot title="Lag in force" lines={[{ label: 'lag', ...trends.lag }]} unit=" ms" version={version} />
      <Plot title="Reloads" lines={[{ label: 'reloads', ...trends.reloads }]} unit="" version={version} steps />
    </section>
  );
}
