import type { MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';
import { configFolder } from '../src/haproxy/config/names.ts';
import { member, noStickiness, rule, sourceBased } from './rules.ts';
import type { TranscriptSession } from './transcript-session.ts';

/** Words of a command, and whether it ends in `&`: it is then left without an answer until `await`. */
interface Line {
  text: string;
  words: readonly string[];
  background: boolean;
}

type Handler = (session: TranscriptSession, line: Line) => Promise<void> | void;

const stickinesses: Record<string, Stickiness> = { none: noStickiness, SourceBased: sourceBased };

/** `vm1`, with `@IP`, `:STATE` and `*WEIGHT` as far as they are not the usual ones, in this order. */
const readMember = (text: string): MemberRecord => {
  const [, vm, ip, state, weight] = /^(\w+)(?:@([\d.]+))?(?::(\w+))?(?:\*(\d+))?$/.exec(text) ?? [];
  if (vm === undefined) throw new Error(`${text} is no member`);
  return member(vm, {
    ...(ip !== undefined && { ip }),
    ...(state !== undefined && { state: state as MemberRecord['state'] }),
    ...(weight !== undefined && { weight: Number(weight) }),
  });
};

const list = (text: string): string[] => (text === '' ? [] : text.split(','));

const fields: Record<string, (text: string) => Partial<RuleRecord>> = {
  algorithm: (text) => ({ algorithm: text as RuleRecord['algorithm'] }),
  cidrs: (text) => ({ cidrs: list(text) }),
  maxConnections: (text) => ({ maxConnections: Number(text) }),
  members: (text) => ({ members: list(text).map(readMember) }),
  protocol: (text) => ({ protocol: text as RuleRecord['protocol'] }),
  stickiness(text) {
    const stickiness = stickinesses[text];
    if (!stickiness) throw new Error(`a transcript has no stickiness ${text}`);
    return { stickiness };
  },
};

const keyOf = (id = ''): { ip: string; port: number } => {
  const [, ip, port] = /^([\d.]+):(\d+)$/.exec(id) ?? [];
  if (ip === undefined) throw new Error(`"${id}" is no IP:PORT`);
  return { ip, port: Number(port) };
};

/** `name=value` words. */
const optionsOf = (words: readonly string[]): [string, string][] =>
  words.filter((word) => word.includes('=')).map((word) => word.split('=', 2) as [string, string]);

const numberOf = (words: readonly string[], name: string): number => {
  const value = Number(Object.fromEntries(optionsOf(words))[name]);
  if (!Number.isInteger(value)) throw new Error(`${name}=NUMBER is missing`);
  return value;
};

const fieldsOf = (words: readonly string[]): Partial<RuleRecord> =>
  Object.assign(
    {},
    ...optionsOf(words)
      .filter(([name]) => name !== 'generation')
      .map(([name, value]) => {
        const read = fields[name];
        if (!read) throw new Error(`a rule has no ${name}`);
        return read(value);
      }),
  );

const send = async (session: TranscriptSession, line: Line, ask: Parameters<TranscriptSession['send']>[1]) => {
  const answer = await session.send(line.text, ask, line.background);
  if (!line.background) await session.wait([answer]);
};

const asks = ([client = '', id, count = '1']: readonly string[]) =>
  Array.from({ length: Number(count) }, () => ({ client, ...keyOf(id), protocol: 'tcp' as const }));

/** What a transcript can say. `put` changes the rule as it was last put; a new one has members vm1, vm2 and vm3. */
const handlers: Record<string, Handler> = {
  put(session, line) {
    const [, id = ''] = line.words;
    const before =
      session.rules.get(id)?.rule ?? rule({ ...keyOf(id), members: ['vm1', 'vm2', 'vm3'].map((vm) => member(vm)) });
    const generation = numberOf(line.words, 'generation');
    const next = { ...before, ...fieldsOf(line.words) };
    session.rules.set(id, { rule: next, generation });
    return send(session, line, (router) => router.putRule({ type: 'putRule', rule: next, generation }));
  },
  remove(session, line) {
    const key = keyOf(line.words[1]);
    const generation = numberOf(line.words, 'generation');
    return send(session, line, (router) => router.removeRule({ type: 'removeRule', key, generation }));
  },
  /** `sync revision=N IP:PORT...`: a snapshot with these rules as they were last put. */
  sync(session, line) {
    const ids = line.words.slice(1).filter((word) => !word.includes('='));
    const command = session.snapshotOf(numberOf(line.words, 'revision'), ids);
    return send(session, line, (router) => router.syncRules(command));
  },
  /** Prints all conditions. */
  async report(session) {
    await session.router();
    session.output.forgetConditions();
    if ((await session.printReport()) === 0) session.output.print('no rules');
  },
  await: (session) => session.wait(),
  advance: (session, { words }) => session.clock.run(Number(words[1])),
  /** `settings NAME=VALUE...`, before the router is opened. */
  settings(session, { words }) {
    for (const [name, value] of optionsOf(words)) session.set(name, value);
  },

  /** `hold CLIENT IP:PORT [COUNT]`: opens connections and keeps them. */
  async hold(session, { words }) {
    const opened = await session.host.clients.hold(asks(words.slice(1)));
    session.output.print(opened.map(({ answer }) => (answer.ok ? answer.vm : answer.error)).join(' '));
    for (const { id, answer } of opened) {
      if (answer.ok) session.held.set(id, { client: words[1]!, vm: answer.vm });
    }
  },
  /** Asks on every held connection. */
  async held(session) {
    const answers = await session.host.clients.askHeld([...session.held.keys()]);
    for (const [index, { client, vm }] of [...session.held.values()].entries()) {
      const answer = answers[index]!;
      session.output.print(`${client} ${vm} ${answer.ok ? 'open' : answer.error}`);
    }
  },
  /** `release CLIENT`: the client closes its connections. */
  async release(session, { words }) {
    const ids = [...session.held].flatMap(([id, { client }]) => (client === words[1] ? [id] : []));
    await session.host.clients.release(ids);
    for (const id of ids) session.held.delete(id);
  },
  /** `ask CLIENT IP:PORT [COUNT]`: fresh connections, one after the other. */
  async ask(session, { words }) {
    const answers = await session.host.clients.ask(asks(words.slice(1)));
    session.output.print(answers.map((answer) => (answer.ok ? answer.vm : answer.error)).join(' '));
  },

  /** `crash [before LINE]`: the router's process dies, or will do so when it is about to do what LINE begins. */
  crash: (session, { words }) => session.crash(words[1] === 'before' ? words.slice(2).join(' ') : undefined),
  restart: (session) => session.restart(),
  /** `fail check TEXT`, `fail reload` (the next one), `fail iptables`. */
  fail: ({ faults }, { words: [, what, text] }) => {
    if (what === 'check') faults.rejectedText = text;
    else if (what === 'reload') faults.reload = true;
    else if (what === 'iptables') faults.iptables = true;
    else throw new Error(`${what} cannot fail`);
  },
  mend: ({ faults }) => {
    faults.rejectedText = undefined;
    faults.reload = false;
    faults.iptables = false;
  },
  /**
   * What another program does: `drift runtime COMMAND`, `drift edit FILE FROM TO` (of the configuration's folder: the first file with that text), `drift iptables ARGS`, `drift reload`,
   * `drift kill`, `drift restart`.
   */
  async drift({ host: { files, haproxy, packetFilter } }, { words: [, kind, ...rest] }) {
    if (kind === 'kill' || kind === 'restart') await haproxy.stop();
    if (kind === 'restart') await haproxy.start(`/limpet/${configFolder}`);
    if (kind === 'kill' || kind === 'restart') return;
    if (kind === 'reload') await haproxy.signalReload();
    else if (kind === 'runtime') await haproxy.runtime([rest.join(' ').replace('stick.map', '/limpet/stick.map')]);
    else if (kind === 'iptables') await packetFilter.run(rest);
    else if (kind === 'edit') {
      const [name = '', from = '', to = ''] = rest;
      const paths = name === configFolder ? files.names(`/limpet/${name}`).map((file) => `${name}/${file}`) : [name];
      const path = paths.find((each) => files.get(`/limpet/${each}`)?.includes(from));
      if (path === undefined) throw new Error(`${name} has no "${from}"`);
      await files.write(`/limpet/${path}`, files.get(`/limpet/${path}`)!.replace(from, to));
    } else throw new Error(`${kind} is no drift`);
  },
};

/** Plays one command line. */
export async function playCommand(session: TranscriptSession, text: string): Promise<void> {
  const background = / &$/.test(text);
  const command = text.replace(/ &$/, '');
  const words = command.split(' ');
  const handler = Object.hasOwn(handlers, words[0]!) ? handlers[words[0]!] : undefined;
  try {
    if (!handler) throw new Error('there is no such command');
    await handler(session, { text: command, words, background });
  } catch (cause) {
    throw new Error(`transcript command "${text}": ${(cause as Error).message}`, { cause });
  }
}
