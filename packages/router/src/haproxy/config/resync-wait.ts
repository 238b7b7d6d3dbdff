import type { Word } from '@limpet/haproxy';
import type { RouterPaths } from './paths.ts';

/**
 * An entry of the stick map that no file has: a worker has it once its tables are there. A new worker takes connections
 * at once, and the old one's tables some milliseconds later; a sticky client that comes in between would be given
 * another member, and keep it.
 */
export const ready = 'ready';

/**
 * Until then a client waits no longer than this, and is then served all the same. A connection waits for all of the time,
 * since nothing wakes it; an HTTP request only until the tables are there, and a machine may be slow.
 */
const longestWaitMs = { tcp: 1000, http: 3000 };

type Lines = readonly (readonly Word[])[];

const sticks = (paths: RouterPaths, value: 'source' | 'none'): Word[] => [
  '{',
  `be_name,map_str(${paths.stickMap},none)`,
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
 * Lines that let new clients wait for the worker's tables, before its `stick` rules are asked. With the map as it is,
 * whoever comes by a rule that is not sticky goes on at once.
 *
 * An HTTP request is whole when it is looked at, and no `inspect-delay` holds it up (src/tcp_rules.c, `CF_EOI`): only
 * Lua can let it wait, until HAProxy 3.2 and its `pause`.
 *
 * @param always the rule is sticky whatever the map says
 */
export const waitForResync = (paths: RouterPaths, mode: 'tcp' | 'http', always = false): Lines =>
  mode === 'http'
    ? [
        [
          'http-request',
          'lua.wait_for_tables',
          'if',
          ...(always ? [] : sticks(paths, 'source')),
          '!{',
          ...isReady(paths),
        ],
      ]
    : [
        ['tcp-request', 'inspect-delay', `${longestWaitMs.tcp}ms`],
        ...(always ? [] : [acceptIf(...sticks(paths, 'none'))]),
        acceptIf('{', ...isReady(paths)),
        acceptIf('WAIT_END'),
      ];

const mapVariable = 'LIMPET_STICK_MAP';

/** What `http-request lua.wait_for_tables` needs in the global section. */
export const waitScriptLines = ({ stickMap, waitScript }: RouterPaths): Lines => [
  ['setenv', mapVariable, stickMap],
  ['lua-load', waitScript],
];

const stepMs = 5;

/** The script; the map is the one that the CLI changes, since HAProxy holds each file's map once. */
export const waitScript = `local states = Map.new(os.getenv("${mapVariable}"), Map._str)
core.register_action("wait_for_tables", { "http-req" }, function()
  for _ = 1, ${longestWaitMs.http / stepMs} do
    if states:lookup("${ready}") == "yes" then return end
    core.msleep(${stepMs})
  end
end)
`;

const acceptIf = (...condition: Word[]): readonly Word[] => ['tcp-request', 'content', 'accept', 'if', ...condition];
