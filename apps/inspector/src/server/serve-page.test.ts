import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRecorder, type InspectionDocument } from '@limpet/inspection';
import { afterEach, describe, expect, it } from 'vitest';
import { InspectorError } from '../errors.ts';
import type { ServedPage } from './loopback.ts';
import { type ServeOptions, servePage } from './serve-page.ts';

const document: InspectionDocument = {
  format: 'limpet-inspection',
  version: 1,
  title: 'a run',
  notes: [],
  machines: [],
  messages: [],
};
const files: ServeOptions['files'] = new Map([
  ['/', { type: 'text/html; charset=utf-8', content: Buffer.from('<p>') }],
]);

const served: ServedPage[] = [];
afterEach(async () => {
  await Promise.all(served.splice(0).map((page) => page.close()));
});
async function serve(more: Partial<ServeOptions> = {}): Promise<string> {
  const page = await servePage({ files, document, ...more });
  served.push(page);
  return page.address;
}

describe('the server of the page', () => {
  it('listens on 127.0.0.1, and lets nothing in from elsewhere', async () => {
    const address = await serve();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { status, headers } = await fetch(address);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['/document.json', 200],
    ['/feed', 404],
    ['/../package.json', 404],
    ['/assets/..%2f..%2fpackage.json', 404],
    ['//x', 404],
  ])('answers %s with %d', async (path, status) => {
    expect((await ask(await serve(), path)).status).toBe(status);
  });

  describe('of machines that are played', () => {
    const played = async () => {
      const sent: unknown[] = [];
      const address = await serve({
        recorder: createRecorder({ session: 's', now: () => 0 }),
        send: (actor, event) => {
          if (event.type === 'BAD') throw new Error('the guard threw');
          sent.push([actor, event]);
        },
      });
      const post = async (body: string, headers: Record<string, string> = {}) => {
        const origin = address.slice(0, -1);
        const answer = await fetch(`${address}send`, {
          method: 'POST',
          body,
          headers: { origin, 'content-type': 'application/json', ...headers },
        });
        return `${answer.status} ${(await answer.text()).trim()}`.trim();
      };
      return { sent, post };
    };

    it('takes events from its own page', async () => {
      const { sent, post } = await played();
      expect(await post('{"actor":"a","event":{"type":"GO","n":1}}')).toBe('204');
      expect(sent).toEqual([['a', { type: 'GO', n: 1 }]]);
    });

    it.each([
      ['{"actor":"a","event":{"type":"BAD"}}', {}, '400 the guard threw'],
      ['{"actor":"a","event":{}}', {}, '400 sent.event.type: expected a string, but it is missing'],
      ['{"actor":"a","event":', {}, '400 the event is not JSON'],
      ['x'.repeat(70_000), {}, '400 the event is too long'],
      [
        '{"actor":"a","event":{"type":"GO"}}',
        { origin: 'http://evil.example' },
        '403 events come from the page itself',
      ],
      ['{"actor":"a","event":{"type":"GO"}}', { 'content-type': 'text/plain' }, '403 events come from the page itself'],
    ])('refuses %.40s with %j', async (body, headers, answer) => {
      const { sent, post } = await played();
      expect(await post(body, headers)).toBe(answer);
      expect(sent).toEqual([]);
    });
  });

  it('answers no other method', async () => {
    expect((await fetch(await serve(), { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('answers no name that another site made resolve to 127.0.0.1', async () => {
    const address = await serve();
    expect(await ask(address, '/document.json', { host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(await ask(address, '/document.json', { host: `localhost:${new URL(address).port}` })).toMatchObject({
      status: 200,
    });
  });

  it('says in words that a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(servePage({ files, document, port })).rejects.toThrow(InspectorError);
    await expect(servePage({ files, document, port })).rejects.toMatchObject({ code: 'INSPECTOR_PORT_TAKEN' });
    other.close();
  });

  it('writes the feed of a live run, from where the reader was', async () => {
    const recorder = createRecorder({ session: 's', now: () => 0 });
    recorder.record({ kind: 'fault', what: 'one' });
    recorder.record({ kind: 'fault', what: 'two' });
    const address = await serve({ recorder });
    const { body, headers } = await fetch(`${address}feed`, { headers: { 'last-event-id': 's.1' } });
    expect(headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body!) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('two') && !text.includes('three')) recorder.record({ kind: 'fault', what: 'three' });
      if (text.includes('three')) break;
    }
    expect(text).not.toContain('one');
    expect(text).toContain('id: s.3');
  });
});

/** Asks with headers and paths that `fetch` would put right. */
function ask(
  address: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined }> {
  const { port } = new URL(address);
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode });
    })
      .on('error', reject)
      .end();
  });
}
