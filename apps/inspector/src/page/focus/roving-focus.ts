import type { KeyboardEvent } from 'react';

interface Place {
  x: number;
  y: number;
}

/** Which way an arrow key leads. */
const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/**
 * The nearest of some places in a direction: what lies ahead counts once, what lies beside twice. Undefined when none lies
 * ahead.
 */
export function nearest<T extends Place>(
  from: Place,
  [dx, dy]: readonly [number, number],
  places: readonly T[],
): T | undefined {
  let best: { place: T; cost: number } | undefined;
  for (const place of places) {
    const ahead = (place.x - from.x) * dx + (place.y - from.y) * dy;
    const beside = Math.abs((place.x - from.x) * dy) + Math.abs((place.y - from.y) * dx);
    if (ahead <= 1) continue;
    const cost = ahead + 2 * beside;
    if (best === undefined || cost < best.cost) best = { place, cost };
  }
  return best?.place;
}

/** Gives the one tab stop of a group to an element (`data-item`), and takes it from the others. */
export function giveTabStop(group: HTMLElement, item: HTMLElement): void {
  for (const other of group.querySelectorAll('[data-item][tabindex="0"]')) other.setAttribute('tabindex', '-1');
  item.setAttribute('tabindex', '0');
}

/**
 * Moves the focus between the items of a group: arrow keys to the nearest one, Home and End to the first and the last.
 *
 * @param options.scroll - scrolls to it; a chart moves itself instead. @defaultValue false
 */
export function moveFocus(event: KeyboardEvent<HTMLElement>, { scroll = false } = {}): void {
  const group = event.currentTarget;
  const items = [...group.querySelectorAll<HTMLElement>('[data-item]')];
  const current = items.find((item) => item === document.activeElement);
  if (current === undefined) return;
  const way = WAYS[event.key];
  const next =
    way !== undefined
      ? nearest(
          middleOf(current),
          way,
          items.filter((item) => item !== current).map((item) => ({ item, ...middleOf(item) })),
        )?.item
      : event.key === 'Home'
        ? items[0]
        : event.key === 'End'
          ? items.at(-1)
          : undefined;
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus({ preventScroll: !scroll });
}

function middleOf(item: HTMLElement): Place {
  const { x, y, width, height } = item.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}
