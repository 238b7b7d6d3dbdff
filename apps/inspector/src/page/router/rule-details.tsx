import type { RuleView } from '@limpet/operations/rule-view';
import { useState } from 'react';
import { ConnectionsPlot } from './connections-plot.tsx';
import { GeneratedConfig } from './generated-config.tsx';
import { RuleServers } from './rule-servers.tsx';
import { useRule } from './use-rule.ts';

/** A rule on the router: desired and live, the plan, conditions, servers, sticky clients, configuration. */
export function RuleDetails({
  rule,
  onRule,
  onActor,
}: {
  rule: string;
  onRule(rule: string | undefined): void;
  onActor(actor: string): void;
}) {
  const { view, trouble, refresh } = useRule(rule);
  return (
    <section className="rule-details" aria-label={`Rule ${rule}`}>
      <div className="toolbar">
        <h2>{rule}</h2>
        <button type="button" onClick={refresh}>
          Refresh
        </button>
        <button type="button" onClick={() => onActor(rule)}>
          Statechart
        </button>
        <button type="button" onClick={() => onRule(undefined)}>
          Close
        </button>
      </div>
      {trouble !== '' && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      {view === undefined ? (
        trouble === '' && <p className="hint">Asking the router …</p>
      ) : (
        <>
          {view.notResponding !== undefined && <p className="trouble">{view.notResponding}</p>}
          <Fields view={view} />
          <Plan plan={view.plan} />
          <Conditions conditions={view.conditions} />
          <ConnectionsPlot rule={rule} />
          <RuleServers servers={view.servers} table={view.table} />
          <GeneratedConfig files={view.config} own={rule} onRule={onRule} />
        </>
      )}
    </section>
  );
}

function Fields({ view: { desired, live, fields } }: { view: RuleView }) {
  const [onlyDifferences, setOnlyDifferences] = useState(false);
  const differing = fields.filter(({ differs }) => differs);
  const shown = onlyDifferences ? differing : fields;
  return (
    <section aria-label="Desired and live">
      <h3>Desired and live</h3>
      <p className="hint">
        {desired === undefined
          ? 'It is not desired any more.'
          : live === undefined
            ? `Generation ${desired} is desired; HAProxy has none.`
            : desired === live
              ? `Generation ${desired} is desired, and HAProxy has it.`
              : `Generation ${desired} is desired; HAProxy has ${live}.`}{' '}
        {differing.length === 0 ? 'No field differs.' : `${differing.length} fields differ.`}
      </p>
      <label className="check">
        <input
          type="checkbox"
          checked={onlyDifferences}
          onChange={(event) => setOnlyDifferences(event.target.checked)}
        />
        <span>Only differences</span>
      </label>
      <div className="wrapping">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Desired</th>
              <th scope="col">Live</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ field, desired: is, live: was, differs }) => (
              <tr key={field} data-differs={differs || undefined}>
                <th scope="row">{field}</th>
                <td>{is ?? '–'}</td>
                <td>{was ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Plan({ plan }: { plan: RuleView['plan'] }) {
  if (plan === undefined) return null;
  const { action, steps, reload, disturbs, also } = plan;
  const lines = [
    ...steps.map((step) => `at run time: ${step}`),
    ...(reload === null ? [] : [`needs a reload: ${reload}`]),
    ...disturbs.map((each) => `disturbs: ${each}`),
    ...also,
  ];
  return (
    <section aria-label="Plan">
      <h3>Plan</h3>
      <p className="hint">{PLANNED[action] ?? action}</p>
      <ul className="plan-lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

const PLANNED: Readonly<Record<string, string>> = {
  none: 'Nothing is left to do.',
  create: 'HAProxy will be given it.',
  update: 'It will be changed.',
  delete: 'It will be removed.',
};

function Conditions({ conditions }: { conditions: RuleView['conditions'] }) {
  return (
    <section aria-label="Conditions">
      <h3>Conditions</h3>
      <dl className="conditions">
        {conditions.map(({ type, status, reason, message, observedGeneration, lastTransitionTime }) => (
          <div key={type} data-status={status}>
            <dt>
              {type} {status} ({reason})
            </dt>
            <dd>
              {message}{' '}
              <span className="muted">
                generation {observedGeneration}, since {lastTransitionTime}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
