import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serveUnixSocket } from './unix-socket.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-socket-'));
  path = join(folder, 'agent.sock');
});
afterEach(() => rm(folder, { recursive: true }));

const serve = () => serveUnixSocket(() => new Response(), path);

/** What may stand where the socket is to be, and how it is seen to be left as it was. */
const others: [what: string, put: () => Promise<unknown>, left: () => Promise<unknown>][] = [
  ['a file', () => writeFile(path, 'dir: /x'), () => readFile(path, 'utf8')],
  ['a folder', () => mkdir(path), async () => (await stat(path)).isDirectory()],
  [
    'a link to a file',
    () => writeFile(join(folder, 'file'), 'x').then(() => symlink(join(folder, 'file'), path)),
    () => readlink(path),
  ],
  ['a device', () => symlink('/dev/null', path), () => readlink(path)],
  ['a link in a circle', () => symlink(path, path), () => readlink(path)],
];

it.each(others)('removes nothing that is no socket: %s', async (_, put, left) => {
  await put();
  const before = await left();
  await expect(serve()).rejects.toMatchObject({
    code: 'AGENT_SOCKET_UNUSABLE',
    message: expect.stringMatching(/agent\.sock.*; give another (path|socket)$/),
  });
  expect(await left()).toEqual(before);
});

it('takes the place of a socket on which nobody listens any more', async () => {
  const former = createServer().listen(path);
  await once(former, 'listening');
  // As after SIGKILL: the file stays.
  await rename(path, `${path}.kept`);
  await new Promise((resolve) => former.close(resolve));
  await rename(`${path}.kept`, path);
  const server = await serve();
  expect((await stat(path)).mode & 0o777).toBe(0o660);
  await server.close();
});
