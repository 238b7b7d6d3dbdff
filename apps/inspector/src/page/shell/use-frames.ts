import { useEffect, useState } from 'react';

/**
 * Counts frames since a component is there, up to `most`: it draws first what is cheap, and more in each frame after that. A
 * render that React may interrupt would not do: a live run interrupts it at each frame, and it begins anew.
 */
export function useFrames(most: number): number {
  const [frames, setFrames] = useState(0);
  useEffect(() => {
    if (frames >= most) return;
    const next = requestAnimationFrame(() => setFrames(frames + 1));
    return () => cancelAnimationFrame(next);
  }, [frames, most]);
  return frames;
}
