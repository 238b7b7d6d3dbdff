import { memberRecordSchema } from '@limpet/contract';
import { cookieValue, vmOfAddress } from '../names.ts';
import { readTlsOptions } from '../tls-options.ts';
import { checked } from './checked.ts';
import type { ConfigLine } from './lines.ts';
import { type Draft, type DraftServer, inconsistent, unsupported } from './rule-draft.ts';
import { syntax } from './sections.ts';

/** `server NAME IP:PORT check`, with TLS options, `send-proxy` and `cookie VALUE` where the rule has them. */
export function readServer(draft: Draft, line: ConfigLine): void {
  const [, name, address = '', check, ...options] = line.words;
  const match = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(address);
  if (!name || !match || check !== 'check')
    throw syntax(line, `"${line.text}" should be "server NAME IPV4:PORT check"`);
  const [, ip, port] = match as unknown as [string, string, string];
  const vm = vmOfAddress(ip);
  if (draft.servers.some(({ member }) => member.vm === vm)) {
    throw inconsistent(line, `a second server at ${ip}; a VM can be behind a rule once`);
  }
  const member = checked(memberRecordSchema, { vm, ip, port: Number(port), state: 'serving' }, line);
  const server: DraftServer = { line, member, sendProxy: false };
  // HAProxy ignores the TLS options of a server without "ssl".
  readOptions(server, readTlsOptions(options).left);
  if (server.cookie !== undefined && server.cookie !== cookieValue(member)) {
    throw inconsistent(line, `cookie "${server.cookie}" should be "${cookieValue(member)}", as CloudStack derives it`);
  }
  draft.servers.push(server);
}

function readOptions(server: DraftServer, options: readonly string[]): void {
  const { line } = server;
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at]!;
    if (option === 'send-proxy') server.sendProxy = true;
    else if (option === 'cookie' && options[at + 1] !== undefined) server.cookie = options[++at]!;
    else if (option === 'ssl' || option === 'verify') {
      throw unsupported(line, 'TLS to members is not supported; let the members take the payload as it is');
    } else if (option === 'maxconn' || option === 'minconn' || option === 'maxqueue') {
      throw unsupported(
        line,
        `"${option}" of a single server is not supported; remove it, and limit the rule's connections instead`,
      );
    } else throw syntax(line, `"${option}" is no option that CloudStack writes for a server`);
  }
}
