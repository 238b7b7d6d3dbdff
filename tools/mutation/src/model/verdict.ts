/** What became of a mutant. */
export type Verdict =
  /** The check names what does not hold, after so many steps. */
  | { readonly is: 'killed'; readonly by: string; readonly steps: number; readonly members: number }
  /** The exploration ends in an error: nobody would take it for a proof. */
  | { readonly is: 'thrown'; readonly by: string }
  /** It has many times as many states as the model, or a step that does not end. */
  | { readonly is: 'endless' }
  /** Wherever the model can come to, it does the same. */
  | { readonly is: 'equal' }
  /** The check says that all holds. */
  | { readonly is: 'survived' };
