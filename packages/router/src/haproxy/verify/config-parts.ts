/** Parts of a text by proxy; '' has the parts that belong to no rule. */
export type Parts = ReadonlyMap<string, string>;

/** The `listen` sections of a configuration. */
export const sections = (config: string): Parts => {
  const parts = config
    .split(/^(?=listen )/m)
    .map((text) => [/^listen (\S+)/.exec(text)?.[1] ?? '', text.trim()] as const)
    .filter(([, text]) => text !== '');
  return new Map(parts);
};
