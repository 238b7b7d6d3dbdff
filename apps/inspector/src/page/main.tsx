import '@xyflow/react/dist/base.css';
import 'uplot/dist/uPlot.min.css';
import './styles/colours.css';
import './styles/page.css';
import './styles/chart.css';
import './styles/timeline.css';
import './styles/fleet.css';
import './styles/router.css';
import './styles/steps.css';
import './styles/plots.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { loadRun } from './shell/load-run.ts';
import { setTheme } from './shell/theme.ts';
import { createRunStore } from './store/run-store.ts';

setTheme('system');
const root = document.getElementById('root')!;
try {
  const { opened, kind } = await loadRun();
  document.title = `${opened.title} · Limpet`;
  const store = createRunStore(opened, { schedule: (callback) => requestAnimationFrame(callback) });
  createRoot(root).render(
    <StrictMode>
      <App store={store} kind={kind} />
    </StrictMode>,
  );
} catch (error) {
  root.className = 'failed';
  root.textContent = `This page cannot show anything: ${error instanceof Error ? error.message : String(error)}`;
}
