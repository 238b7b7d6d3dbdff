import { longestRouterDir, proxyName, routerPaths } from '@limpet/router';
import { expect, it } from 'vitest';
import { AgentError } from '../errors.ts';
import { agentJsonSchema } from './config-schema.ts';
import { parseConfig } from './read-config.ts';

const whole = `dir: /var/lib/limpet
socket: /run/limpet/agent.sock
input: { kind: api }
`;

const problems = (text: string): readonly string[] => {
  try {
    parseConfig(text, 'agent.yaml');
  } catch (error) {
    if (error instanceof AgentError) return [error.code, ...error.lines];
    throw error;
  }
  return [];
};

it('publishes the JSON Schema that it checks (renewed by: npx vitest run apps/agent/src/config -u)', async () => {
  await expect(`${JSON.stringify(agentJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../agent.schema.json');
});

it('fills in what a file does not say', () => {
  expect(parseConfig(whole, 'agent.yaml')).toEqual({
    dir: '/var/lib/limpet',
    socket: '/run/limpet/agent.sock',
    input: { kind: 'api' },
    haproxy: { drainDeadline: 5000, drift: 'heal', driftPeriod: 5000 },
    log: { level: 'info' },
  });
});

it('names all problems, with line, key and what may stand there', () => {
  expect(
    problems(`dir: limpet
socket: /${'s'.repeat(120)}
input: { kind: file, pth: /etc/rules.yaml }
haproxy: { drainDeadline: 5, binari: /usr/sbin/haproxy }
`),
  ).toMatchInlineSnapshot(`
    [
      "AGENT_CONFIG_INVALID",
      "agent.yaml:1:6: dir: expected an absolute path, such as /var/lib/limpet, got "limpet"",
      "agent.yaml:2:9: socket: expected at most 107 characters, as Linux takes for a socket, got "/ssssssssssssssssssssssssssssssssssssssssssssssssssssssssss...",
      "agent.yaml:3:8: input.path: expected a string, but it is missing",
      "agent.yaml:3:22: input.pth: unknown key; did you mean path?",
      "agent.yaml:4:27: haproxy.drainDeadline: expected a time with its unit, such as 500ms, 30s, 30m or 3h, got 5",
      "agent.yaml:4:30: haproxy.binari: unknown key; did you mean binary?",
    ]
  `);
  expect(problems(`${whole}tcp: { listen: "10.1.1.1:8443" }`)).toMatchInlineSnapshot(`
    [
      "AGENT_CONFIG_INVALID",
      "agent.yaml:4:6: tcp: expected tokenFile, tls.clientCa, or both: without credentials nobody is served over TCP",
      "agent.yaml:4:16: tcp.listen: expected tls, or an address such as 127.0.0.1: a token must not cross a network in the clear",
    ]
  `);
  expect(problems(`${whole}tcp: { listen: ":8443", tokenFile: /etc/limpet/token }`)).toMatchInlineSnapshot(`
    [
      "AGENT_CONFIG_INVALID",
      "agent.yaml:4:16: tcp.listen: expected an IPv4 address and a port, such as 10.1.1.1:8443, got ":8443"",
    ]
  `);
  const local = `${whole}tcp: { listen: "127.0.0.1:8443", tokenFile: /etc/limpet/token }`;
  expect(problems(local)).toEqual([]);
  expect(problems(local.replace('127.0.0.1', '10.1.1.1'))).toMatchInlineSnapshot(`
    [
      "AGENT_CONFIG_INVALID",
      "agent.yaml:4:16: tcp.listen: expected tls, or an address such as 127.0.0.1: a token must not cross a network in the clear",
    ]
  `);
  expect(problems(whole.replace('api', 'fleet'))).toMatchInlineSnapshot(`
    [
      "AGENT_CONFIG_INVALID",
      "agent.yaml:3:16: input.kind: expected one of "api", "file", "databag", got "fleet"",
    ]
  `);
});

it.each(['127.0.0.1:65536', '127.0.0.1:99999', '127.0.0.256:80', '127.0.0.01:80', '127.0.0.1:080', '[::1]:80'])(
  'takes no address that there is not, such as %s',
  (listen) => {
    expect(problems(`${whole}tcp: { listen: "${listen}", tokenFile: /etc/limpet/token }`)).toContainEqual(
      expect.stringMatching(
        /^agent\.yaml:4:16: tcp\.listen: expected an IPv4 address and a port, such as 10\.1\.1\.1:8443/,
      ),
    );
  },
);

it('takes no folder that is too long for the sockets of its rules', () => {
  const dir = `/${'d'.repeat(longestRouterDir - 1)}`;
  const at = (path: string) => whole.replace('/var/lib/limpet', path);
  expect(problems(at(dir))).toEqual([]);
  expect(routerPaths(dir).probe(proxyName({ ip: '255.255.255.255', port: 65535 }))).toHaveLength(97);
  expect(problems(at(`${dir}d`))[1]).toMatch(/^agent.yaml:1:6: dir: expected at most 70 characters, as HAProxy takes/);
});

it.each(['/var/lib/lim pet', '/var/lib/a,b', '/var/lib/a#b', '/var/lib/ümläut', '/var/lib/a\nb'])(
  'takes no folder that cannot stand in the configuration of HAProxy, such as %j',
  (dir) => {
    expect(problems(whole.replace('/var/lib/limpet', JSON.stringify(dir)))[1]).toMatch(
      /^agent.yaml:1:6: dir: expected letters, digits and \/ \. _ @ % - only, as HAProxy's configuration takes them/,
    );
  },
);
