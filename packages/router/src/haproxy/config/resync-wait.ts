import type { Capabilities, Word } from '@limpet/haproxy';
import type { RouterPaths } from './paths.ts';

/**
 * An entry of the stick map that is in no file: the router adds it when the worker's tables are complete. A new worker
 * accepts connections at once, and receives the old worker's tables some milliseconds later. A sticky client that
 * connects in between would get another member, and keep it.
 */
export const ready = 'ready';

/**
 * The longest resync wait of a client, who is served without the tables after it. A TCP connection always waits for the
 * whole time, since nothing wakes it; an HTTP request only until the tables are complete, so that its limit can be
 * generous to a slow host.
 */
const longestWaitMs = { tcp: 1000, http: 3000 };

/**
 * The age of a worker at which its clients wait no more, whoever has started it, and whether or not a router lives that
 * tells it that its tables are there: another program may reload HAProxy, and a router may die after its own reload. The
 * tables of 200,000 entries take 0.3 s.
 */
export const settledAfterMs = 3000;

const startedVariable = 'proc.started';

type Lines = readonly (readonly Word[])[];

/** Lines of the global section: HAProxy evaluates them when it reads its files, just before the worker starts. */
export const workerAgeLines = ({ supported }: Capabilities): Lines =>
  supported.has('globalVariables') ? [['set-var', startedVariable, 'date(0,ms)']] : [];

/** Without a variable from the start, the first client that may have to wait sets it: the worker seems younger than it is. */
const startByClient = ({ supported }: Capabilities, ...ruleset: Word[]): Lines =>
  supported.has('globalVariables')
    ? []
    : [
        [
          ...ruleset,
          `set-var(${startedVariable})`,
          'date(0,ms)',
          'unless',
          '{',
          `var(${startedVariable})`,
          '-m',
          'found',
          '}',
        ],
      ];

const isSettled: Word[] = [`date(0,ms),sub(${startedVariable})`, '-m', 'int', 'gt', settledAfterMs, '}'];

/** Up to 2.4, `be_name` never matches in a rule for requests: it knows no `listen` section as a back end (seen with 2.4.0). */
const sticks = (paths: RouterPaths, value: 'source' | 'none'): Word[] => [
  '{',
  `fe_name,map_str(${paths.stickMap},none)`,
  '-m',
  'str',
  value,
  '}',
];
const isReady = (paths: RouterPaths): Word[] => [
  `str(${ready}),map_str(${paths.stickMap},no)`,
  '-m',
  'str',
  'yes',
  '}',
];

/**
 * Lines that let new clients wait for the worker's tables before HAProxy evaluates the `stick` rules. Clients of rules
 * that are not sticky, according to the map, do not wait.
 *
 * An HTTP request is complete when it is inspected, so that `inspect-delay` does not hold it (src/tcp_rules.c,
 * `CF_EOI`): only Lua can let it wait, until HAProxy 3.2 and its `pause`.
 *
 * @param always true when the rule is sticky whatever the map says.
 */
export const waitForResync = (
  paths: RouterPaths,
  haproxy: Capabilities,
  mode: 'tcp' | 'http',
  always = false,
): Lines =>
  mode === 'http'
    ? [
        ...startByClient(haproxy, 'http-request'),
        [
          'http-request',
          'lua.wait_for_tables',
          'if',
          ...(always ? [] : sticks(paths, 'source')),
          '!{',
          ...isReady(paths),
          '!{',
          ...isSettled,
        ],
      ]
    : [
        ['tcp-request', 'inspect-delay', `${longestWaitMs.tcp}ms`],
        ...(always ? [] : [acceptIf(...sticks(paths, 'none'))]),
        ...startByClient(haproxy, 'tcp-request', 'content'),
        acceptIf('{', ...isReady(paths)),
        acceptIf('{', ...isSettled),
        acceptIf('WAIT_END'),
      ];

const mapVariable = 'LIMPET_STICK_MAP';

/** Lines of the global section that `http-request lua.wait_for_tables` needs. */
export const waitScriptLines = ({ stickMap, waitScript }: RouterPaths): Lines => [
  ['setenv', mapVariable, stickMap],
  ['lua-load', waitScript],
];

const stepMs = 5;

/** The Lua script. Its map is the one that the CLI changes, since HAProxy loads each map file once. */
export const waitScript = `local states = Map.new(os.getenv("${mapVariable}"), Map._str)
core.register_action("wait_for_tables", { "http-req" }, function()
  for _ = 1, ${longestWaitMs.http / stepMs} do
    if states:lookup("${ready}") == "yes" then return end
    core.msleep(${stepMs})
  end
end)
`;

const acceptIf = (...condition: Word[]): readonly Word[] => ['tcp-request', 'content', 'accept', 'if', ...condition];
