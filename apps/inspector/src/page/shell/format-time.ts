/** The time from the beginning of a run: `1.250 s`, `2:05.000`. */
export function formatTime(at: number, began: number): string {
  const milliseconds = Math.max(0, Math.round(at - began));
  const [minutes, rest] = [Math.floor(milliseconds / 60_000), (milliseconds % 60_000) / 1000];
  return minutes === 0 ? `${rest.toFixed(3)} s` : `${minutes}:${rest.toFixed(3).padStart(6, '0')}`;
}
