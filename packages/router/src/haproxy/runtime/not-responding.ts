/** Codes of errors that say that HAProxy's processes exist and do not answer. */
const codes = new Set(['HAPROXY_NOT_RESPONDING', 'HAPROXY_CLI_TIMEOUT']);

/** Whether an error means that HAProxy hangs: the router must not take it for dead, nor start a second one. */
export const isNotResponding = (error: unknown): boolean => codes.has((error as { code?: string }).code ?? '');

/** Describes a HAProxy that hangs, with its pids where they are known. */
export const describeNotResponding = (
  { message }: Error,
  processes: { master: number; worker: number } | undefined,
): string =>
  processes
    ? `HAProxy (pid ${processes.master}, ${processes.worker}) is there and does not answer: ${message}; end it with "kill -9 ${processes.master} ${processes.worker}", or wait until it answers`
    : message;

/** The reason of conditions while HAProxy does not respond. */
export const notRespondingReason = 'NotResponding';
