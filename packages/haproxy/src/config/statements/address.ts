import { parseAddress } from '../address.ts';
import { bindOptions, type Option, optionWords, readOptions, serverOptions } from '../options.ts';
import { parseCount } from '../units.ts';
import { type Codec, syntax } from './codec.ts';

/** Where a proxy listens: an address (`*`: all) and port, or a unix socket. */
export type Endpoint = { address: string; port: number } | { unix: string };

/** `bind ADDRESS[,ADDRESS...] [OPTIONS]`. */
export interface BindStatement {
  keyword: 'bind';
  endpoints: Endpoint[];
  options: Option[];
}

/** `server NAME ADDRESS [OPTIONS]`, and `peer`, which is written alike. */
export interface ServerStatement {
  keyword: 'server' | 'peer';
  name: string;
  address: string;
  port: number;
  options: Option[];
}

/** `default-server OPTIONS`: what the `server` lines after it begin with. */
export interface DefaultServerStatement {
  keyword: 'default-server';
  options: Option[];
}

/** `server-template PREFIX COUNT ADDRESS [OPTIONS]`: servers PREFIX1 to PREFIXn. */
export interface ServerTemplateStatement {
  keyword: 'server-template';
  prefix: string;
  /** The number of the first server and of the last. */
  first: number;
  last: number;
  address: string;
  port: number;
  options: Option[];
}

/** `bind ENDPOINT[,ENDPOINT...] [OPTIONS]`. */
export const bindCodec: Codec<BindStatement> = {
  read([addresses, ...words]) {
    if (addresses === undefined) throw syntax('"bind" needs an address');
    return {
      keyword: 'bind',
      endpoints: addresses.split(',').map(readEndpoint),
      options: readOptions(words, bindOptions),
    };
  },
  write: ({ endpoints, options }) => [endpoints.map(endpointWord).join(','), ...optionWords(options, bindOptions)],
};

function readEndpoint(word: string): Endpoint {
  const path = word.replace(/^unix@/, '');
  return path.startsWith('/') ? { unix: path } : parseAddress(word);
}

function endpointWord(endpoint: Endpoint): string {
  return 'unix' in endpoint ? `unix@${endpoint.unix}` : `${endpoint.address}:${endpoint.port}`;
}

/** `server` and lines of the same form: `NAME ADDRESS:PORT [OPTIONS]`. */
export const serverCodec = (keyword: ServerStatement['keyword']): Codec<ServerStatement> => ({
  read([name, where, ...words]) {
    if (name === undefined || where === undefined) throw syntax(`"${keyword}" needs a name and ADDRESS:PORT`);
    return { keyword, name, ...parseAddress(where), options: readOptions(words, serverOptions) };
  },
  write: ({ name, address, port, options }) => [name, `${address}:${port}`, ...optionWords(options, serverOptions)],
});

/** `default-server OPTIONS`. */
export const defaultServerCodec: Codec<DefaultServerStatement> = {
  read: (words) => ({ keyword: 'default-server', options: readOptions(words, serverOptions) }),
  write: ({ options }) => optionWords(options, serverOptions),
};

/** `server-template PREFIX NUMBER|FIRST-LAST ADDRESS:PORT [OPTIONS]`. */
export const serverTemplateCodec: Codec<ServerTemplateStatement> = {
  read([prefix, range, where, ...words]) {
    if (prefix === undefined || range === undefined || where === undefined) {
      throw syntax('"server-template" needs a prefix, a number or a range, and ADDRESS:PORT');
    }
    const [from, to] = range.split('-');
    const last = parseCount('server-template', to ?? from);
    const first = to === undefined ? 1 : parseCount('server-template', from);
    const options = readOptions(words, serverOptions);
    return { keyword: 'server-template', prefix, first, last, ...parseAddress(where), options };
  },
  write: ({ prefix, first, last, address, port, options }) => [
    prefix,
    first === 1 ? last : `${first}-${last}`,
    `${address}:${port}`,
    ...optionWords(options, serverOptions),
  ],
};
