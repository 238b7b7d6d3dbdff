/** Codes of what HAProxy's processes say when they are there and do not answer. */
const codes = new Set(['HAPROXY_NOT_RESPONDING', 'HAPROXY_CLI_TIMEOUT']);

/** Whether an error means that HAProxy hangs: it must not be taken for gone, and a second one not be started. */
export const isNotResponding = (error: unknown): boolean => codes.has((error as { code?: string }).code ?? '');

/** What is said of it, where the message does not name the processes. */
export const silence = ({ message }: Error, processes: { master: number; worker: number } | undefined): string =>
  processes
    ? `HAProxy (pid ${processes.master}, ${processes.worker}) is there and does not answer: ${message}; end it with "kill -9 ${processes.master} ${processes.worker}", or wait until it answers`
    : message;

/** The reason of conditions then. */
export const notRespondingReason = 'NotResponding';
