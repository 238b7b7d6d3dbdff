/** Where a router's files and sockets are unless `--dir` says otherwise. */
export const defaultDir = '/var/lib/limpet';
