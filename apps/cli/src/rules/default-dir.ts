/** The folder of a router's files and sockets when `--dir` is not given. */
export const defaultDir = '/var/lib/limpet';
