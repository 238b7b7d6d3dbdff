import type { KeyboardEvent } from 'react';
import { VIEWS, type View } from './views.ts';

/** The views as tabs, after the pattern of the ARIA Authoring Practices: one tab stop, arrow keys between them. */
export function Tabs({
  views,
  view,
  onView,
}: {
  views: readonly View[];
  view: View | undefined;
  onView(view: View): void;
}) {
  const onKey = ({ key, currentTarget }: KeyboardEvent<HTMLElement>): void => {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (step === 0 || view === undefined) return;
    const next = views[(views.indexOf(view) + step + views.length) % views.length]!;
    onView(next);
    currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Views" onKeyDown={onKey}>
      {views.map((each) => (
        <button
          key={each}
          id={`tab-${each}`}
          type="button"
          role="tab"
          aria-selected={each === view}
          aria-controls="view"
          tabIndex={each === view ? 0 : -1}
          onClick={() => onView(each)}
        >
          {VIEWS[each]}
        </button>
      ))}
    </div>
  );
}
