import type { StateDescription, TransitionDescription } from '@limpet/inspection';
import type { Hierarchy } from './hierarchy.ts';
import { BOX_PADDING, linesSize, NAME_HEIGHT, nameWidth, PADDING, ROW_PADDING } from './metrics.ts';
import { type Line, type Token, token, wrap } from './tokens.ts';
import { actionTokens, insideTokens } from './transition-tokens.ts';

/** A row of a state's box; `transition` is the id of the one that is written in it. */
export interface Row {
  readonly lines: readonly Line[];
  readonly transition?: string;
}

/** What stands in a state's box, and how much room it takes. */
export interface StateBox {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
}

/** Characters in a line of a box. */
const ROW_WIDTH = 32;

/** Writes a state: its name, what it does, and the transitions that stay in it. */
export function stateBox(
  state: StateDescription,
  inside: readonly TransitionDescription[],
  hierarchy: Hierarchy,
): StateBox {
  const row = (tokens: readonly Token[]): Row[] => (tokens.length === 0 ? [] : [{ lines: wrap(tokens, ROW_WIDTH) }]);
  const words = (state.description ?? '').split(/\s+/).filter((word) => word !== '');
  const rows: Row[] = [
    ...row(words.map((word) => token(word, 'muted'))),
    ...row(state.tags.map((tag) => token(`#${tag}`, 'muted'))),
    ...actionRow('entry', state.entry),
    ...actionRow('exit', state.exit),
    ...state.invokes.flatMap(({ src }) => row([token('invoke', 'always'), token(src, 'action')])),
    ...inside.map(
      (transition): Row => ({
        lines: wrap(insideTokens(transition, hierarchy), ROW_WIDTH),
        transition: transition.id,
      }),
    ),
  ];
  const sizes = rows.map(({ lines }) => linesSize(lines));
  const mark = state.type === 'history' ? 40 : state.type === 'final' || state.type === 'parallel' ? 20 : 0;
  return {
    name: state.key,
    rows,
    width: Math.max(72, nameWidth(state.key) + mark, ...sizes.map(({ width }) => width)) + 2 * PADDING,
    height:
      NAME_HEIGHT +
      (rows.length === 0 ? 0 : sizes.reduce((sum, { height }) => sum + height + 2 * ROW_PADDING, BOX_PADDING)),
  };

  function actionRow(when: string, actions: StateDescription['entry']): Row[] {
    return actions.length === 0 ? [] : row([token(`${when} /`, 'always'), ...actionTokens(actions)]);
  }
}
