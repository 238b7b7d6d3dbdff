import { ROUTER_FAULTS } from '@limpet/conformance';
import { suggest } from '@limpet/operations';
import { BUGS } from '@limpet/state-space';
import { CliError } from '../errors.ts';

/** A bug of the catalogue, and which part it is a bug of: the model, or one of the routers. */
export interface KnownBug {
  name: string;
  upstream: readonly string[];
  sentence: string;
  of: 'model' | 'haproxy' | 'cloudstack';
}

type ModelBug = (typeof BUGS)[number];

/** The whole catalogue: the model's bugs first, then the routers'. */
export const KNOWN_BUGS: readonly KnownBug[] = [
  ...BUGS.map(({ name, upstream, sentence }) => ({ name, upstream, sentence, of: 'model' as const })),
  ...ROUTER_FAULTS.map(({ name, upstream, sentence, router }) => ({ name, upstream, sentence, of: router })),
];

/** No state of the model shows these, so no mistake in a statechart could be one: a fault of Limpet's router is. */
const SHOWN_ON_A_ROUTER: Readonly<Record<string, string>> = {
  'table-lost-on-reload': 'tables-lost-at-reload',
  'restart-instead-of-reload': 'restarted-for-reload',
  'positional-names': 'members-by-position',
  'duplicate-accept': 'accepts-pile-up',
  'accept-without-listener': 'accept-left-behind',
};

/** `conform --router cloudstack --bug fixed` is CloudStack's router without any of its bugs. */
const FIXED = 'fixed';

/**
 * Finds the bug of the model that has this name.
 *
 * @throws CliError `USAGE` for any other name; for the name of a router's bug, the message has the command for it
 */
export function modelBugCalled(name: string): ModelBug {
  const bug = BUGS.find((known) => known.name === name);
  if (bug) return bug;
  const other = KNOWN_BUGS.find((known) => known.name === (SHOWN_ON_A_ROUTER[name] ?? name));
  throw other
    ? new CliError(
        'USAGE',
        `--bug: ${name} is a bug of a router: limpet conform --router ${other.of} --bug ${other.name}`,
      )
    : unknown(name, 'model');
}

/**
 * Refuses a name that is not a bug of this router.
 *
 * @throws CliError `USAGE`; for a bug of the model or of another router, the message has the command for it
 */
export function requireRouterFault(router: 'memory' | 'haproxy' | 'cloudstack', name: string): void {
  if (router === 'cloudstack' && name === FIXED) return;
  const of = KNOWN_BUGS.find((known) => known.name === name)?.of;
  if (of === router) return;
  if (of === undefined) throw unknown(name, router);
  throw new CliError(
    'USAGE',
    of === 'model'
      ? `--bug: ${name} is a bug of the model, not of a router: limpet check --bug ${name}`
      : `--bug: ${name} is a bug of another router: limpet conform --router ${of} --bug ${name}`,
  );
}

/**
 * Refuses names that are not in the catalogue.
 *
 * @throws CliError `USAGE` that names all of them
 */
export function requireKnownBugs(names: readonly string[]): void {
  const known = new Set(KNOWN_BUGS.map(({ name }) => name));
  const strange = names.filter((name) => !known.has(name));
  if (strange.length > 0) throw unknown(strange.join(', '));
}

function unknown(name: string, of?: KnownBug['of'] | 'memory'): CliError {
  const names = KNOWN_BUGS.filter((known) => of === undefined || known.of === of).map((known) => known.name);
  const near = suggest(name, names);
  const hint = near === undefined ? '' : `did you mean ${near}? `;
  const whose = of === undefined ? '' : of === 'model' ? ' of the model' : ` of router ${of}`;
  return new CliError('USAGE', `--bug: there is no bug${whose} called ${name}; ${hint}limpet bugs lists all`);
}
