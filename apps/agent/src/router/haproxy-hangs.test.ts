import { createMemoryDataPlane, type MemoryDataPlane } from '@limpet/data-plane';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentInMemory, type Answer, ip, openAgent, vms } from '../../testing/agents.ts';

let dataPlane: MemoryDataPlane;
let agent: AgentInMemory;
/** Lets HAProxy go on. */
let goOn: () => void;
let stopped: Promise<void> | undefined;

/** What asks HAProxy's master, and what asks its worker. */
const asks = { master: ['running', 'master', 'pin'], worker: ['runtime'] } as const;

beforeEach(async () => {
  dataPlane = createMemoryDataPlane({ localAddresses: [ip] });
  await dataPlane.vms.start(vms);
  agent = await openAgent({ dataPlane });
  await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, { 'if-none-match': '*' });
});
afterEach(async () => {
  goOn();
  await agent.close();
});

/** Stops processes of HAProxy, as SIGSTOP does: they are there, and answer nothing. */
function stop(processes: readonly (keyof typeof asks)[]): void {
  stopped = new Promise((resolve) => {
    goOn = () => {
      stopped = undefined;
      resolve();
    };
  });
  const { haproxy } = dataPlane;
  for (const name of processes.flatMap((each): readonly ('running' | 'master' | 'pin' | 'runtime')[] => asks[each])) {
    const ask = haproxy[name].bind(haproxy) as (...given: unknown[]) => Promise<unknown>;
    Object.assign(haproxy, {
      [name]: (...given: unknown[]) => (stopped ?? Promise.resolve()).then(() => ask(...given)),
    });
  }
}

/** The answer, and the seconds of the host's clock until it came. */
async function within(answer: Promise<Answer>): Promise<Answer & { seconds: number }> {
  let answered: Answer | undefined;
  void answer.then((given) => (answered = given));
  for (let seconds = 0; seconds < 30; seconds++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 100 && !answered; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (answered) return { ...answered, seconds };
    await dataPlane.clock.sleep(1_000);
  }
  throw new Error('no answer');
}

describe.each([[['master']], [['worker']], [['master', 'worker']]] as const)(
  'while %j of HAProxy answers nothing',
  (processes) => {
    beforeEach(() => stop(processes));

    it.each(['/healthz', '/readyz', '/metrics'])('%s is answered in a second, also when a look waits', async (path) => {
      void agent.ask('GET', '/v1/status');
      for (let times = 0; times < 3; times++) {
        const { seconds, status } = await within(agent.ask('GET', path));
        expect(seconds).toBeLessThanOrEqual(times === 0 ? 1 : 0);
        expect([200, 503]).toContain(status);
      }
    });

    it('the metrics say that HAProxy is not up, and have what is known without it', async () => {
      const { body } = await within(agent.ask('GET', '/metrics'));
      expect(body).toMatch(/^limpet_haproxy_up 0$/m);
      expect(body).toMatch(/^limpet_rules\{condition="InForce",status="True"\} 1$/m);
      goOn();
      await expect
        .poll(async () => (await within(agent.ask('GET', '/metrics'))).body)
        .toMatch(/^limpet_haproxy_up 1$/m);
    });
  },
);

it('is not ready while the master answers nothing, says so, and is ready when it does', async () => {
  stop(['master']);
  const { status, body } = await within(agent.ask('GET', '/readyz'));
  const why = ['HAProxy was asked whether it runs, and has not answered within 1000 ms'];
  expect([status, body]).toEqual([503, { ok: false, why }]);
  goOn();
  await expect.poll(async () => (await within(agent.ask('GET', '/readyz'))).body).toEqual({ ok: true, why: [] });
});

it('tells the reason of the last failure while it asks again', async () => {
  const { haproxy } = dataPlane;
  stop([]);
  const running = haproxy.running.bind(haproxy);
  haproxy.running = () => Promise.reject(new Error('HAProxy (pid 7) is there and does not answer'));
  expect((await agent.ask('GET', '/readyz')).body.why).toEqual(['HAProxy (pid 7) is there and does not answer']);
  haproxy.running = running;
  stop(['master']);
  const { body } = await within(agent.ask('GET', '/readyz'));
  expect(body.why).toEqual(['HAProxy (pid 7) is there and does not answer']);
});
