/**
 * The model for SPIN (G. J. Holzmann, version 6.5 or later): the compiled cells as C tables, and the composition once more,
 * written for SPIN. One `d_step` is one step of the model, so that states and transitions can be compared number by number
 * (SPIN counts the initial state as a transition, too). A broken invariant is a failed assertion:
 *
 *     spin -a model.pml && cc -O2 -DNOREDUCE -DSAFETY -o pan pan.c && ./pan -m1000000
 *
 * @module
 */

import { CONTEXTS, compileCell } from '../compile/compile.ts';
import type { CheckModelOptions } from '../transition-system/check-model.ts';
import { AT_MACRO, cTable } from './c-table.ts';

/** The text of the Promela model. Without symmetry unless asked for: then groups are sorted after each step, as in ours. */
export function promelaOfCells({
  groups,
  members,
  symmetry = false,
  bug,
  addressesMove = false,
  certificatesGo = false,
}: CheckModelOptions): string {
  const compiled = compileCell({ members, folded: symmetry, bug, addressesMove, certificatesGo });
  const blocks = compiled.base[compiled.base.length - 1]!;
  const widest = groups * compiled.widest + 8;
  const steps = Array.from(
    { length: widest },
    (_, k) => `  :: d_step { c_expr { (can(${k})) } -> c_code { go(${k}); }; assert(violated == 0) }`,
  );
  return `/* ${groups} group(s) of at most ${members} member(s)${symmetry ? ', groups and members interchangeable' : ''}${addressesMove ? ', addresses move' : ''}${certificatesGo ? ', certificates go' : ''}${bug === undefined ? '' : `, with the bug ${bug}`}. */
byte router = 0;
short cell[${groups}] = ${compiled.initial};
bit violated = 0;

${AT_MACRO}
${cTable('row', compiled.row)}
${cTable('target', compiled.target)}
${cTable('spill', compiled.spill)}
${cTable('spilled', compiled.spilled)}
${cTable('base', compiled.base)}
${cTable('shows', compiled.shows)}
${cTable(
  'broken',
  Array.from(compiled.violated, (mask) => (mask === 0 ? 0 : 1)),
)}
${cTable('move_row', compiled.moveRow)}
${cTable('move_to', compiled.moveTo)}
${cTable('moved', compiled.moved)}

c_code {
static int row_of(int i) {
  int j, others = 0;
  for (j = 0; j < ${groups}; j++) if (j != i) others |= AT(shows, AT(base, now.router) + now.cell[j]);
  return (AT(base, now.router) + now.cell[i]) * ${CONTEXTS} + others;
}

static int can(int k) {
  int i, at;
  for (i = 0; i < ${groups}; i++) {
    at = row_of(i);
    if (k < AT(row, at + 1) - AT(row, at)) return 1;
    k -= AT(row, at + 1) - AT(row, at);
  }
  return k < AT(move_row, now.router + 1) - AT(move_row, now.router);
}

static void finish(void) {
  int i${symmetry ? ', j, code' : ''};
${symmetry ? `  for (i = 1; i < ${groups}; i++) {\n    code = now.cell[i];\n    for (j = i - 1; j >= 0 && now.cell[j] > code; j--) now.cell[j + 1] = now.cell[j];\n    now.cell[j + 1] = code;\n  }\n` : ''}  now.violated = 0;
  for (i = 0; i < ${groups}; i++) if (AT(broken, AT(base, now.router) + now.cell[i])) now.violated = 1;
}

static void go(int k) {
  int i, j, at, edge;
  for (i = 0; i < ${groups}; i++) {
    at = row_of(i);
    if (k < AT(row, at + 1) - AT(row, at)) {
      edge = AT(row, at) + k;
      for (j = 0; j < ${groups}; j++)
        if (j != i && AT(spill, edge) > 0) now.cell[j] = AT(spilled, (AT(spill, edge) - 1) * ${blocks} + AT(base, now.router) + now.cell[j]);
      now.cell[i] = AT(target, edge);
      finish();
      return;
    }
    k -= AT(row, at + 1) - AT(row, at);
  }
  k += AT(move_row, now.router);
  for (i = 0; i < ${groups}; i++) now.cell[i] = AT(moved, k * ${blocks} + AT(base, now.router) + now.cell[i]);
  now.router = AT(move_to, k);
  finish();
}
}

active proctype system_of_cells() {
end:
  do
${steps.join('\n')}
  od
}
`;
}
