import { watch } from 'node:fs';
import type { Lab } from '@limpet/lab';
import { commandOf, valuesOf } from './units.ts';

/** HAProxy, as systemd would run it. */
export interface HaproxyUnit {
  /** How often it was started. */
  starts(): number;
  /** It is not started any more. */
  end(): void;
}

/** What systemd does with limpet-haproxy.path and limpet-haproxy.service. */
export function runHaproxyUnit(lab: Lab, dir: string): HaproxyUnit {
  const [file, ...args] = commandOf('limpet-haproxy.service').map((word) => word.replaceAll('/var/lib/limpet', dir));
  const [startFile] = valuesOf('limpet-haproxy.path', 'PathChanged');
  let starts = 0;
  let ended = false;
  const start = (): void => {
    if (ended) return;
    starts++;
    const child = lab.spawn(file!, args);
    // Else it never closes.
    child.stdout!.resume();
    child.stderr!.resume();
    child.once('close', start);
  };
  const watcher = watch(dir, (_, name) => {
    if (starts === 0 && startFile === `/var/lib/limpet/${name}`) start();
  });
  return {
    starts: () => starts,
    end() {
      ended = true;
      watcher.close();
    },
  };
}
