import { useContext, useMemo, useState } from 'react';
import { useRun, useRunValue } from '../store/hooks.ts';
import { AskRuleContext, askAgent } from './ask-rule.ts';
import { RuleDetails } from './rule-details.tsx';
import { CONDITION_TYPES, ruleRows } from './rule-rows.ts';

/** What the router was told, what it says that it has, and what clients saw: rule by rule, those that differ first. */
export function RouterView({ onActor, onAgent }: { onActor(actor: string): void; onAgent: boolean }) {
  return (
    <AskRuleContext value={onAgent ? askAgent : undefined}>
      <Rules onActor={onActor} />
    </AskRuleContext>
  );
}

function Rules({ onActor }: { onActor(actor: string): void }) {
  const run = useRun();
  const version = useRunValue((store) => store.version);
  const rows = useMemo(() => (version >= 0 ? ruleRows(run.state) : []), [run, version]);
  const canAsk = useContext(AskRuleContext) !== undefined;
  const [asked, setAsked] = useState<string>();
  const contradicted = rows.filter((row) => row.contradicted).length;
  return (
    <div className="router-view" data-details={asked}>
      <div className="rule-list">
        <p className="hint">
          {contradicted === 0
            ? 'Nobody has seen anything else than what was asked, but where the router says so.'
            : `Of ${contradicted} ${contradicted === 1 ? 'rule' : 'rules'} clients see something else than what was asked, and the router does not say so.`}
        </p>
        <table>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Told</th>
              <th scope="col">Generation</th>
              <th scope="col">Router has</th>
              {CONDITION_TYPES.map((type) => (
                <th scope="col" key={type}>
                  {type}
                </th>
              ))}
              <th scope="col">Clients saw</th>
              {canAsk && <th scope="col">All of it</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ actor, name, command, desired, observed, conditions, seen, contradicted: lied, behind }) => (
              <tr key={actor} data-bad={lied || undefined} data-behind={behind || undefined}>
                <th scope="row">
                  <button type="button" onClick={() => onActor(actor)}>
                    {name}
                  </button>
                </th>
                <td>{command}</td>
                <td>{desired}</td>
                <td>{observed}</td>
                {CONDITION_TYPES.map((type) => (
                  <td key={type}>{conditions[type] ?? ''}</td>
                ))}
                <td>{seen}</td>
                {canAsk && (
                  <td>
                    <button
                      type="button"
                      aria-label={`Details of ${name}`}
                      aria-expanded={asked === actor}
                      onClick={() => setAsked(asked === actor ? undefined : actor)}
                    >
                      Details
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asked !== undefined && <RuleDetails key={asked} rule={asked} onRule={setAsked} onActor={onActor} />}
    </div>
  );
}
