import { describe, expect, it } from 'vitest';
import { acceptCalls } from './firewall-rules.ts';

const save = (...lines: string[]) => ['*filter', ':INPUT DROP [0:0]', ...lines, 'COMMIT', ''].join('\n');
const acceptLine = (port: number) =>
  `-A INPUT -d 10.0.53.2/32 -p tcp -m tcp --dport ${port} -m state --state NEW -j ACCEPT`;
const lists = (add: number[], remove: number[] = []) => ({
  add_rules: add.map((port) => `10.0.53.2:${port}:`),
  remove_rules: remove.map((port) => `10.0.53.2:${port}:`),
  stat_rules: [''],
});
const append = { appendOnlyAccept: true, acceptMissing: false, acceptLeftBehind: false };
const exact = { ...append, appendOnlyAccept: false };
/** `-A 8080` and the like. */
const short = (calls: string[][]) => calls.map((args) => `${args[0]} ${args[args.indexOf('--dport') + 1]}`);

describe('acceptCalls', () => {
  it('appends what is missing, as CloudStack spells it', () => {
    expect(acceptCalls(save(), lists([8080]), append)).toEqual([
      '-A INPUT -p tcp -m tcp -d 10.0.53.2 --dport 8080 -m state --state NEW -j ACCEPT'.split(' '),
    ]);
  });

  it('appends the statistics listener too', () => {
    const calls = acceptCalls(save(), { ...lists([8080]), stat_rules: ['10.0.53.2:8081:0/0:,'] }, append);
    expect(short(calls)).toEqual(['-A 8080', '-A 8081']);
  });

  it.each([append, exact])('leaves alone what is there, %o', (knownDefects) => {
    expect(acceptCalls(save(acceptLine(8080)), lists([8080]), knownDefects)).toEqual([]);
  });

  it('sees no order in the options of a rule', () => {
    const line = '-A INPUT -p tcp -m tcp -d 10.0.53.2/32 --dport 8080 -m state --state NEW -j ACCEPT';
    expect(acceptCalls(save(line), lists([8080]), append)).toEqual([]);
  });

  it('deletes a revoked rule twice: literally, and as unseen', () => {
    expect(short(acceptCalls(save(acceptLine(8080)), lists([], [8080]), append))).toEqual(['-D 8080', '-D 8080']);
    expect(short(acceptCalls(save(acceptLine(8080)), lists([], [8080]), exact))).toEqual(['-D 8080']);
  });

  it('keeps a duplicate accept when it only appends, and deletes it otherwise', () => {
    const saved = save(acceptLine(8080), acceptLine(8080));
    expect(acceptCalls(saved, lists([8080]), append)).toEqual([]);
    expect(short(acceptCalls(saved, lists([8080]), exact))).toEqual(['-D 8080']);
  });

  it('leaves a duplicate behind when its rule goes without being revoked in this command', () => {
    const saved = save(acceptLine(8080), acceptLine(8080));
    expect(short(acceptCalls(saved, lists([]), append))).toEqual(['-D 8080']);
  });

  it.each([append, exact])('never touches rules of others, %o', (knownDefects) => {
    const saved = save(
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT -p tcp -m tcp --dport 3922 -m state --state NEW -j ACCEPT',
      '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT',
      '-A INPUT -s 10.9.0.0/16 -d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m state --state NEW -j ACCEPT',
      '-A FORWARD -d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m state --state NEW -j ACCEPT',
    );
    expect(acceptCalls(saved, lists([]), knownDefects)).toEqual([]);
  });

  it('forgets the accepts, or leaves them behind, where the switch says so', () => {
    expect(acceptCalls(save(), lists([8080]), { ...exact, acceptMissing: true })).toEqual([]);
    const saved = save(acceptLine(8080));
    expect(acceptCalls(saved, lists([], [8080]), { ...exact, acceptLeftBehind: true })).toEqual([]);
  });
});
