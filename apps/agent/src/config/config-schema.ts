/**
 * The agent's configuration file, as an operator writes it.
 *
 * @module
 */
import { milliseconds, settingsSchema } from '@limpet/operations';
import { longestRouterDir, routerDirCharacters } from '@limpet/router';
import { z } from 'zod';
import { addressSchema } from '../address.ts';

/** Linux' `sun_path` has 108 bytes, the last of which is zero (unix(7)). */
const longestSocketPath = 107;

const path = z.string().regex(/^\//, 'expected an absolute path, such as /var/lib/limpet');

const input = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('api') }).describe('Whoever may use the socket changes rules there.'),
  z
    .strictObject({ kind: z.literal('file'), path: path.describe('A rules file, as limpet apply takes it.') })
    .describe('A rules file has all rules; a change of it is applied at once.'),
  z
    .strictObject({
      kind: z.literal('databag'),
      path: path.describe("CloudStack's databag, such as /etc/cloudstack/loadbalancer.json."),
    })
    .describe('CloudStack writes the rules; a change of its databag is applied at once.'),
]);

const haproxy = z
  .strictObject({
    binary: path.optional().describe("HAProxy's program; without it, $LIMPET_HAPROXY, or haproxy on the PATH."),
    unit: z
      .string()
      .regex(/^[\w:.@-]+\.service$/, 'expected the name of a service of systemd, such as limpet-haproxy.service')
      .optional()
      .describe(
        'The unit of systemd that runs HAProxy, and says who it runs as: user, group and chroot of the input do not count. Without it the agent starts HAProxy.',
      ),
    settings: settingsSchema.optional().describe('What HAProxy is told; in place of what the input says.'),
    drainDeadline: milliseconds(z.int().min(0).max(3_600_000))
      .prefault('5s')
      .describe('What held connections of a changed rule get to end by themselves.'),
    drift: z
      .enum(['heal', 'report'])
      .default('heal')
      .describe('Whether changes by other programs are repaired, or only reported.'),
    driftPeriod: milliseconds(z.int().min(100).max(3_600_000))
      .prefault('5s')
      .describe('Time between two checks for changes by other programs.'),
  })
  .prefault({});

const tls = z.strictObject({
  certificate: path.describe('Certificate and chain, as PEM.'),
  key: path.describe('Its private key, as PEM.'),
  clientCa: path.optional().describe('Clients must have a certificate that one of these has signed.'),
});

const tcp = z
  .strictObject({
    listen: addressSchema('expected an IPv4 address and a port, such as 10.1.1.1:8443'),
    tokenFile: path
      .optional()
      .describe('A file that its owner alone may read, with the token that clients must show (Authorization: Bearer).'),
    tls: tls.optional(),
  })
  .superRefine(({ listen, tokenFile, tls }, context) => {
    const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (tokenFile === undefined && tls?.clientCa === undefined) {
      say([], 'expected tokenFile, tls.clientCa, or both: without credentials nobody is served over TCP');
    }
    if (tls === undefined && !listen.startsWith('127.')) {
      say(['listen'], `expected tls, or an address such as 127.0.0.1: a token must not cross a network in the clear`);
    }
  })
  .describe('The API over TCP as well, only for clients with a token or a certificate.');

/** Strict: an unknown key is an error. */
export const agentConfigSchema = z.strictObject({
  dir: path
    .regex(routerDirCharacters, "expected letters, digits and / . _ @ % - only, as HAProxy's configuration takes them")
    .max(longestRouterDir, `expected at most ${longestRouterDir} characters, as HAProxy takes for the sockets in it`)
    .describe("The folder of the router's state, files and sockets."),
  socket: path
    .max(longestSocketPath, `expected at most ${longestSocketPath} characters, as Linux takes for a socket`)
    .describe('The unix socket of the HTTP API. Its mode is 0660.'),
  tcp: tcp.optional(),
  input: input.describe('Where the rules come from: exactly one input.'),
  haproxy,
  log: z
    .strictObject({ level: z.enum(['error', 'warn', 'info', 'debug']).default('info') })
    .prefault({})
    .describe('The log on stdout: JSON, a line each.'),
});

/** The agent's configuration; defaults are filled in. */
export type AgentConfig = z.infer<typeof agentConfigSchema>;

/** The JSON Schema of the file, for editors. */
export const agentJsonSchema = (): unknown => z.toJSONSchema(agentConfigSchema, { io: 'input' });
