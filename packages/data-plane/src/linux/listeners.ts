import type { Listener } from '../ports.ts';

const line = /^LISTEN\s+\d+\s+\d+\s+(\d+\.\d+\.\d+\.\d+)(?:%\S+)?:(\d+)\s+\S+(?:\s+users:\((.*)\))?/;

/** Reads the output of `ss -Hltnp4` (iproute2), which names processes of other users only to root. */
export const listenersIn = (text: string): Listener[] =>
  text.split('\n').flatMap((row) => {
    const [, ip, port, users = ''] = line.exec(row) ?? [];
    if (ip === undefined) return [];
    const processes = [...users.matchAll(/\("(.*?)",pid=(\d+),/g)].map(([, name, pid]) => ({
      name: name!,
      pid: Number(pid),
    }));
    return [{ ip, port: Number(port), processes }];
  });
