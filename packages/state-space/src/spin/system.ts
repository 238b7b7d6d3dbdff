/**
 * `createSystem` of one group for SPIN, event by event: the statecharts as tables, and their composition written a second time. One
 * `d_step` is one event, so that states and transitions can be compared with ours (SPIN counts the initial state as a transition,
 * too). No copies of the rule are in the state: they never decide what is possible. A property that does not hold is a failed
 * assertion with its name:
 *
 *     spin -a model.pml && cc -O2 -DNOREDUCE -DSAFETY -o pan pan.c && ./pan -m1000000
 *
 * @module
 */
import { PARTS, type Parts } from '@limpet/model';
import { AT_MACRO } from './c-table.ts';
import { composition, LINK_VARIABLES, outsideEvents } from './composition.ts';
import { C_PROPERTIES, C_STEP_PROPERTIES, type CProperty, cNameOf, STEP_FUNCTIONS } from './properties.ts';
import { cNames, cStatechart, type Tabulated, tabulate } from './statecharts.ts';

/** What is exported. */
export interface SystemExportOptions {
  /** Places for members, 1 to 4; they are told apart. */
  readonly members: number;
  /**
   * The statecharts, also with a mistake that is to be tried. Of a `refusal`, and of what a statechart reads of its group, the export
   * knows nothing: that is written in `composition.ts`.
   *
   * @defaultValue the model's
   */
  readonly parts?: Omit<Parts, 'refusal'>;
}

/**
 * The text of the Promela model.
 *
 * @throws RangeError for members out of bounds, and for a statechart that counts without bound
 */
export function promelaOfSystem({ members, parts = PARTS }: SystemExportOptions): string {
  if (!(Number.isInteger(members) && members >= 1 && members <= 4))
    throw new RangeError(`members must be 1 to 4, got ${members}`);
  const router = tabulate('router', parts.router);
  const group = tabulate('group', parts.group, { min: 1, max: members, capacity: members });
  const rule = tabulate('rule', parts.rule);
  const member = tabulate('member', parts.member);
  const entry = tabulate('entry', parts.entry);
  const charts = [router, group, rule, member, entry];
  return `/* One group of at most ${members} member(s), its rule, and one router. Local state 0 of each statechart is initial. */
${variable(router)}
${variable(group)}
${variable(rule)}
${variable(member, `[${members}]`)}
${variable(entry)}
${LINK_VARIABLES}

${AT_MACRO}
${cNames()}
${charts.map(cStatechart).join('\n')}

${composition(members)}

c_code {
${C_PROPERTIES.map((property) => `static int ${cNameOf(property)}(void) { return ${property.holds}; }`).join('\n')}
}

c_code {
${STEP_FUNCTIONS}

static void check_step(int to, int event, int place) {
${C_STEP_PROPERTIES.map((property) => `  if (!(${property.holds})) uerror("assertion violated ${cNameOf(property)}");`).join('\n')}
}
}

active proctype system_of_statecharts() {
end:
  do
${C_PROPERTIES.map(asserted).join('\n')}
${outsideEvents(members).join('\n')}
  od
}
`;
}

function variable({ name, locals }: Tabulated, places = ''): string {
  return `${locals.length <= 256 ? 'byte' : 'short'} ${name}${places} = 0;`;
}

/** Possible only where the property does not hold: so it is no transition of a model without mistakes, and every state is looked at. */
function asserted(property: CProperty): string {
  const holds = `${cNameOf(property)}()`;
  return `  :: d_step { c_expr { (!${holds}) } -> assert(c_expr { (${holds}) }) }`;
}
