import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withCliServer } from '../../testing/cli-server.ts';
import { HaproxyError } from '../errors.ts';
import { PartialBatchError } from './batch.ts';
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

test('a batch that was cut off says which commands were answered, and which may or may not be in force', async () => {
  await withCliServer(
    interactive((command) => (command === 'c' ? undefined : `${command}!\n`)),
    async (socketPath) => {
      const error = await new RuntimeClient({ socketPath })
        .run(['a', 'b', 'c', 'd'])
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PartialBatchError);
      expect(error).toMatchObject({
        code: 'HAPROXY_CLI_TRUNCATED',
        message: expect.stringContaining('2 answers to 4 commands'),
        answers: ['a!', 'b!'],
        unanswered: ['c', 'd'],
      });
    },
  );
});

test('half an answer is none: its words are in the message', async () => {
  await withCliServer(
    (socket) => socket.once('data', () => socket.end('\n> one\n\n> half of tw')),
    async (socketPath) => {
      await expect(new RuntimeClient({ socketPath }).run(['a', 'b'])).rejects.toMatchObject({
        code: 'HAPROXY_CLI_TRUNCATED',
        message: expect.stringContaining('half of tw'),
        answers: ['one'],
        unanswered: ['b'],
      });
    },
  );
});

test('more answers than commands are no answers', async () => {
  await withCliServer(
    (socket) => socket.once('data', () => socket.end('\n> one\n\n> two\n\n> \n')),
    async (socketPath) => {
      await expect(new RuntimeClient({ socketPath }).run(['a'])).rejects.toMatchObject({
        code: 'HAPROXY_UNEXPECTED_OUTPUT',
        message: expect.stringContaining('2 answers came to 1 commands'),
      });
    },
  );
});

test('silence is an error, at once or in the middle', async () => {
  const error = { code: 'HAPROXY_CLI_TIMEOUT' };
  await withCliServer(
    () => {},
    async (socketPath) => {
      const silent = { ...error, answers: [], unanswered: ['show info'] };
      await expect(new RuntimeClient({ socketPath, timeoutMs: 20 }).run(['show info'])).rejects.toMatchObject(silent);
      await expect(new MasterClient({ socketPath, timeoutMs: 20 }).run('show proc')).rejects.toMatchObject(error);
    },
  );
  await withCliServer(
    (socket) => socket.once('data', () => socket.write('\n> one\n\n> ')),
    async (socketPath) => {
      const hung = { ...error, answers: ['one'], unanswered: ['b'] };
      await expect(new RuntimeClient({ socketPath, timeoutMs: 20 }).run(['a', 'b'])).rejects.toMatchObject(hung);
    },
  );
});

test('a slow answer, byte by byte, is whole', async () => {
  await withCliServer(
    (socket) =>
      socket.once('data', () => {
        const bytes = [...'\n> Pid: 1\nName: \u00e9\n\n> \n'];
        const next = () => (bytes.length > 0 ? socket.write(bytes.shift()!, () => setImmediate(next)) : socket.end());
        next();
      }),
    async (socketPath) => {
      expect(await new RuntimeClient({ socketPath }).run(['show info'])).toEqual(['Pid: 1\nName: \u00e9']);
    },
  );
});

test('two users at once get their own answers', async () => {
  const serve = interactive((command) => `${command.repeat(2)}\n`);
  await withCliServer(serve, async (socketPath) => {
    const users = ['a', 'b'].map((name) => Array.from({ length: 500 }, (_, at) => `${name}${at}`));
    const answers = await Promise.all(users.map((commands) => new RuntimeClient({ socketPath }).run(commands)));
    expect(answers).toEqual(users.map((commands) => commands.map((command) => command.repeat(2))));
  });
});

test('a payload goes as HAProxy reads it, and the prompts for its lines are no part of the answer', async () => {
  let request = '';
  await withCliServer(
    (socket) => {
      socket.on('data', (data) => {
        request += data;
        if (request.endsWith('quit\n')) socket.end('\n> + + Transaction created!\n\n> + is not stripped\n\n> \n');
      });
    },
    async (socketPath) => {
      const set = { command: 'set ssl cert /x.pem', payload: 'one\ntwo\n' };
      expect(await new RuntimeClient({ socketPath }).run([set, 'show info'])).toEqual([
        'Transaction created!',
        '+ is not stripped',
      ]);
      expect(request).toBe('prompt\nset ssl cert /x.pem <<\none\ntwo\n\nshow info\nquit\n');
    },
  );
});

test.each([
  ['', /it is empty/],
  ['a\n\nb', /blank line/],
  ['a\n  \r\nb', /blank line/],
  ['a\0', /NUL/],
  ['x'.repeat(15_990), /longer than 16000 bytes/],
])('payload %j is refused before anything is sent', async (payload, why) => {
  const client = new RuntimeClient({ socketPath: '/nonexistent.sock' });
  const refused = client.run(['show info', { command: 'set ssl cert /x.pem', payload }]);
  await expect(refused).rejects.toMatchObject({ code: 'HAPROXY_CLI_ARGUMENT', message: expect.stringMatching(why) });
});

test('whatever comes back, in whatever pieces, is an answer for each command or a typed error', async () => {
  const piece = fc.constantFrom('\n> ', 'master> ', '+ ', 'ok\n', '\n', '\u0000', 'No such server.\n', '\xff');
  const replies = fc.sample(fc.array(piece, { maxLength: 8 }), { numRuns: 300, seed: 9583 });
  let next = 0;
  await withCliServer(
    (socket) =>
      socket.once('data', () => {
        for (const part of replies[next++]!) socket.write(part, 'latin1');
        socket.end();
      }),
    async (socketPath) => {
      const outcomes = [];
      for (const _ of replies) {
        outcomes.push(
          await new RuntimeClient({ socketPath }).run(['a', 'b']).catch((error: unknown) => {
            expect(error).toBeInstanceOf(HaproxyError);
            return (error as PartialBatchError).answers ?? ['too', 'many', 'answers'];
          }),
        );
      }
      expect(new Set(outcomes.map((answers) => answers.length))).toEqual(new Set([0, 1, 2, 3]));
    },
  );
});

test('95 KB in one line, of which HAProxy would carry out a part, are refused', async () => {
  const line = Array.from({ length: 2000 }, (_, at) => `set map /run/stick.map proxy${at} source`).join(' ');
  await expect(new RuntimeClient({ socketPath: '/nonexistent.sock' }).run([line])).rejects.toMatchObject({
    code: 'HAPROXY_CLI_ARGUMENT',
    message: expect.stringContaining('longer than 16000 bytes'),
  });
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

// As 2.6.12 prints it.
test('a batch on the master: the answers before it hung up on a worker that has gone', async () => {
  const gone = "Can't find the target PID matching the prefix '@!99'\n";
  const replies = ['master> 2.6.12\n\nmaster> LB=1\n\nmaster> master> ', `master> 2.6.12\n\nmaster> ${gone}`];
  await withCliServer(
    (socket) => socket.once('data', () => socket.end(replies.shift()!)),
    async (socketPath) => {
      const client = new MasterClient({ socketPath });
      expect(await client.batch(['show version', '@!12 show env LB'])).toEqual(['2.6.12', 'LB=1']);
      await expect(client.batch(['show version', '@!99 show info', 'show proc'])).rejects.toMatchObject({
        code: 'HAPROXY_CLI_TRUNCATED',
        message: expect.stringContaining("Can't find the target PID"),
        answers: ['2.6.12'],
        unanswered: ['@!99 show info', 'show proc'],
      });
    },
  );
});

test('the master answers after a half-close; a broken answer is an error', async () => {
  const answers = ['2.6.12\n\n', '2.6', ''];
  await withCliServer(
    (socket) => {
      let request = '';
      socket.on('data', (data) => {
        request += data;
      });
      socket.on('end', () => socket.end(request === 'show version\n' ? (answers.shift() ?? '') : 'wrong'));
    },
    async (socketPath) => {
      const client = new MasterClient({ socketPath });
      expect(await client.run('show version')).toBe('2.6.12');
      const truncated = { code: 'HAPROXY_CLI_TRUNCATED' };
      await expect(client.run('show version')).rejects.toMatchObject(truncated);
      await expect(client.run('show version')).rejects.toMatchObject(truncated);
    },
  );
});

// As 2.6.12 prints it: an answer, an empty one, a worker that has gone, one that is going, and two that broke off.
test('a command to a worker is asked without a FIN: of a worker that is going the master would keep the connection', async () => {
  const gone = "Can't find the target PID matching the prefix '@!12'";
  const replies = [
    'master> LB=1\n\nmaster> master> ',
    'master> \nmaster> master> ',
    `master> ${gone}\n`,
    'master> ',
    'master> LB=',
    '',
  ];
  let fins = 0;
  await withCliServer(
    (socket) => {
      const countFin = () => fins++;
      socket.once('end', countFin);
      socket.once('data', async (data) => {
        expect(String(data)).toBe('prompt\n@!12 show env LB\nquit\n');
        for (let turn = 0; turn < 10; turn++) await nextTurn(); // a FIN comes right after what was sent
        socket.off('end', countFin);
        socket.end(replies.shift()!);
      });
    },
    async (socketPath) => {
      const client = new MasterClient({ socketPath });
      const run = () => client.run('@!12 show env LB').catch(({ code }) => code);
      const answers: string[] = [];
      while (replies.length > 0) answers.push(await run());
      const truncated = 'HAPROXY_CLI_TRUNCATED';
      expect(answers).toEqual(['LB=1', '', gone, truncated, truncated, truncated]);
      expect(fins).toBe(0);
    },
  );
});
