import type { RuleView } from '@limpet/operations/rule-view';

/** The generated configuration: each line stands under the rule that caused it, which leads to that rule. */
export function GeneratedConfig({
  files,
  own,
  onRule,
}: {
  files: RuleView['config'];
  own: string;
  onRule(rule: string): void;
}) {
  return (
    <section aria-label="Configuration">
      <h3>Configuration</h3>
      {files.map(({ name, differs, parts }) => (
        <div key={name} className="config-file">
          <h4>{name}</h4>
          {differs && <p className="trouble">The file on the router is another one.</p>}
          {parts.map(({ rule, first, lines }) => (
            <div key={first} className="config-part" data-own={rule === own || undefined} data-rule={rule}>
              {rule === undefined ? (
                <p className="muted">for all rules</p>
              ) : rule === own ? (
                <p className="muted">this rule</p>
              ) : (
                <button type="button" onClick={() => onRule(rule)}>
                  {rule}
                </button>
              )}
              <ol
                start={first}
                aria-label={`Lines ${first} to ${first + lines.length - 1}, for ${rule ?? 'all rules'}`}
              >
                {lines.map((line, at) => (
                  // A line has no other name than its number.
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines do not move
                  <li key={at}>
                    <code>{line}</code>
                  </li>
                ))}
              </ol>
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}
