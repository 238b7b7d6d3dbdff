import type { RuleView } from '@limpet/operations/rule-view';

/** More would make the page slow; the number of all is told. */
const MOST_ENTRIES = 200;

/** The members of a rule as HAProxy's servers, and who sticks to which of them. */
export function RuleServers({ servers, table }: Pick<RuleView, 'servers' | 'table'>) {
  const clients = Map.groupBy(table?.entries ?? [], ({ vm }) => vm);
  return (
    <>
      <section aria-label="Servers">
        <h3>Servers</h3>
        <div className="wrapping">
          <table>
            <thead>
              <tr>
                <th scope="col">VM</th>
                <th scope="col">Desired</th>
                <th scope="col">Live</th>
                <th scope="col">Status</th>
                <th scope="col">Connections</th>
                <th scope="col">Total</th>
                <th scope="col">Sticky</th>
              </tr>
            </thead>
            <tbody>
              {servers.map(({ vm, desired, live, differs, status, connections, total }) => (
                <tr key={vm} data-differs={differs || undefined}>
                  <th scope="row">{vm}</th>
                  <td>{desired ?? '–'}</td>
                  <td>{live ?? '–'}</td>
                  <td>{status ?? ''}</td>
                  <td>{connections ?? ''}</td>
                  <td>{total ?? ''}</td>
                  <td>{table === undefined ? '' : (clients.get(vm)?.length ?? 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {table !== undefined && (
        <section aria-label="Sticky clients">
          <h3>Sticky clients</h3>
          <p className="hint">
            {table.used} of {table.size} entries, by {table.type}
            {table.used > 0 && table.entries.length === 0 && '; too many to list'}
            {table.entries.length > MOST_ENTRIES && `; the first ${MOST_ENTRIES}`}
          </p>
          {table.entries.length > 0 && (
            <div className="wrapping">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Client</th>
                    <th scope="col">VM</th>
                    <th scope="col">In use</th>
                    <th scope="col">Forgotten in</th>
                  </tr>
                </thead>
                <tbody>
                  {table.entries.slice(0, MOST_ENTRIES).map(({ key, vm, use, expireMs }) => (
                    <tr key={key}>
                      <th scope="row">{key}</th>
                      <td>{vm ?? '–'}</td>
                      <td>{use}</td>
                      <td>{Math.round(expireMs / 1000)} s</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
      )}
    </>
  );
}
