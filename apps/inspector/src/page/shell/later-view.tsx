import { type ComponentType, useEffect, useState } from 'react';

/** What a view is given. */
export interface ViewProps {
  /** Shows an instance in its statechart. */
  onActor(actor: string): void;
  /** Whether an agent serves the page, which can be asked for more than is in the feed. */
  onAgent: boolean;
}

/** The scripts of views that a page can be opened without. */
const LOADS = {
  timeline: () => import('../timeline/timeline-view.tsx').then(({ TimelineView }) => TimelineView),
  fleet: () => import('../fleet/fleet-view.tsx').then(({ FleetView }) => FleetView),
  router: () => import('../router/router-view.tsx').then(({ RouterView }) => RouterView),
  steps: () => import('../steps/steps-view.tsx').then(({ StepsView }) => StepsView),
} satisfies Record<string, () => Promise<ComponentType<ViewProps>>>;

/** A view whose script comes when it is wanted, or soon after the page is opened. */
export type LaterViewName = keyof typeof LOADS;

/** Brings the scripts of all views, so that they are there when they are wanted, also after the server has ended. */
export function loadViews(): void {
  for (const load of Object.values(LOADS)) load().catch(() => {});
}

/** A view, once its script is there, and in a frame of its own: in the one before, the view before it was taken away. */
export function LaterView({ name, ...props }: ViewProps & { name: LaterViewName }) {
  const [View, setView] = useState<ComponentType<ViewProps>>();
  useEffect(() => {
    let frame = 0;
    let isWanted = true;
    const show = (view: ComponentType<ViewProps>): void => {
      if (isWanted) frame = requestAnimationFrame(() => setView(() => view));
    };
    LOADS[name]().then(show, () => show(Gone));
    return () => {
      isWanted = false;
      cancelAnimationFrame(frame);
    };
  }, [name]);
  return View === undefined ? null : <View {...props} />;
}

function Gone() {
  return (
    <p className="trouble" role="alert">
      This view cannot be loaded: does the command that serves this page still run? When it does, reload the page.
    </p>
  );
}
