import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { withCliServer } from '../testing/cli-server.ts';
import { MasterClient } from './master-client.ts';
import { RuntimeClient } from './runtime-client.ts';

/** Answers each line as HAProxy does in interactive mode; undefined: closes at once. */
const interactive = (answer: (command: string) => string | undefined) => (socket: Socket) => {
  let rest = '';
  socket.on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === 'prompt') socket.write('\n> ');
      else if (line === 'quit') socket.end('\n');
      else {
        const text = answer(line);
        if (text === undefined) return socket.destroy();
        socket.write(`${text}\n> `);
      }
    }
  });
};

test('each command gets its own answer, blank lines within it included', async () => {
  const serve = interactive((command) => (command === 'set map a b c' ? '' : `${command}: 1\n\n2\n\n`));
  await withCliServer(serve, async (socketPath) => {
    const client = new RuntimeClient({ socketPath });
    expect(await client.run(['show sess', 'set map a b c', 'show table'])).toEqual([
      'show sess: 1\n\n2',
      '',
      'show table: 1\n\n2',
    ]);
    expect(await client.run([])).toEqual([]);
  });
});

test('a batch that was answered in part is an error that names the last command answered', async () => {
  await withCliServer(
    interactive((command) => (command === 'c' ? undefined : 'ok\n')),
    async (socketPath) => {
      await expect(new RuntimeClient({ socketPath }).run(['a', 'b', 'c', 'd'])).rejects.toMatchObject({
        code: 'HAPROXY_CLI_TRUNCATED',
        message: expect.stringContaining('2 answers to 4 commands'),
      });
    },
  );
});

test('silence is an error', async () => {
  await withCliServer(
    () => {},
    async (socketPath) => {
      const error = { code: 'HAPROXY_CLI_TIMEOUT' };
      await expect(new RuntimeClient({ socketPath, timeoutMs: 20 }).run(['show info'])).rejects.toMatchObject(error);
      await expect(new MasterClient({ socketPath, timeoutMs: 20 }).run('show proc')).rejects.toMatchObject(error);
    },
  );
});

test('nothing is sent when one command of the batch is unsafe', async () => {
  let connections = 0;
  await withCliServer(
    () => {
      connections++;
    },
    async (socketPath) => {
      await expect(new RuntimeClient({ socketPath }).run(['show info', 'a;b'])).rejects.toMatchObject({
        code: 'HAPROXY_CLI_ARGUMENT',
      });
      expect(connections).toBe(0);
    },
  );
});

test('nobody there is an error', async () => {
  await expect(new RuntimeClient({ socketPath: '/nonexistent.sock' }).run(['show info'])).rejects.toMatchObject({
    code: 'HAPROXY_CLI_UNREACHABLE',
  });
});

test('the master answers after a half-close; a broken answer is an error', async () => {
  const answers = ['LB=1\n\n', 'LB=', ''];
  await withCliServer(
    (socket) => {
      let request = '';
      socket.on('data', (data) => {
        request += data;
      });
      socket.on('end', () => socket.end(request === '@!12 show env LB\n' ? (answers.shift() ?? '') : 'wrong'));
    },
    async (socketPath) => {
      const client = new MasterClient({ socketPath });
      expect(await client.run('@!12 show env LB')).toBe('LB=1');
      const truncated = { code: 'HAPROXY_CLI_TRUNCATED' };
      await expect(client.run('@!12 show env LB')).rejects.toMatchObject(truncated);
      await expect(client.run('@!12 show env LB')).rejects.toMatchObject(truncated);
    },
  );
});
