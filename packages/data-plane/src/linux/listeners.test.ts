import { expect, it } from 'vitest';
import { listenersIn } from './listeners.ts';

it('reads who listens, as ss of iproute2 prints it', () => {
  const text = `LISTEN 0      4096   203.0.113.10:81       0.0.0.0:* users:(("haproxy",pid=852,fd=6),("haproxy",pid=868,fd=7))
LISTEN 0      4096   127.0.0.53%lo:53        0.0.0.0:*
LISTEN 0      5      0.0.0.0:9999 0.0.0.0:* users:(("so cat",pid=978,fd=5))
`;
  expect(listenersIn(text)).toEqual([
    {
      ip: '203.0.113.10',
      port: 81,
      processes: [
        { name: 'haproxy', pid: 852 },
        { name: 'haproxy', pid: 868 },
      ],
    },
    { ip: '127.0.0.53', port: 53, processes: [] },
    { ip: '0.0.0.0', port: 9999, processes: [{ name: 'so cat', pid: 978 }] },
  ]);
});
