import { expect, it } from 'vitest';
import { mostEntries, readRuleActivity } from './rule-activity.ts';

const stat = [
  '# pxname,svname,scur,stot,status,sid,type,',
  '10_0_0_1-80,vm1,2,7,UP,3,2,',
  '10_0_0_1-80,vm2,0,1,DRAIN,4,2,',
  '',
].join('\n');
const head = (used: number) => `# table: 10_0_0_1-80, type: ip, size:204800, used:${used}`;

function haproxy(used: number) {
  const asked: string[] = [];
  const answers: Record<string, string> = {
    'show stat 10_0_0_1-80 4 -1': stat,
    'show table': `# table: other, type: string, size:10, used:0\n${head(used)}\n`,
    'show table 10_0_0_1-80': [
      head(used),
      '0x1: key=198.18.0.1 use=1 exp=1000 server_id=3 server_key=vm1',
      '0x2: key=198.18.0.2 use=0 exp=2000 server_id=4',
      '0x3: key=198.18.0.3 use=0 exp=3000 server_id=9',
      '0x4: key=198.18.0.4 use=0 exp=4000',
      '',
    ].join('\n'),
  };
  const runtime = async (commands: readonly unknown[]): Promise<string[]> => {
    asked.push(...commands.map(String));
    return commands.map((command) => answers[String(command)] ?? "Can't find backend.");
  };
  return { runtime, asked };
}
const key = { ip: '10.0.0.1', port: 80 };

it('reads the connections of members, and who sticks to whom', async () => {
  const { servers, table } = await readRuleActivity(haproxy(4), key);
  expect(servers).toEqual([
    { vm: 'vm1', status: 'UP', connections: 2, total: 7 },
    { vm: 'vm2', status: 'DRAIN', connections: 0, total: 1 },
  ]);
  expect(table).toMatchObject({ type: 'ip', size: 204800, used: 4 });
  expect(table!.entries.map(({ key: client, vm, expireMs }) => [client, vm, expireMs])).toEqual([
    ['198.18.0.1', 'vm1', 1000],
    ['198.18.0.2', 'vm2', 2000],
    ['198.18.0.3', 'server 9', 3000],
    ['198.18.0.4', undefined, 4000],
  ]);
});

it('does not ask for the entries of a large table', async () => {
  const large = haproxy(mostEntries + 1);
  expect((await readRuleActivity(large, key)).table).toMatchObject({ used: mostEntries + 1, entries: [] });
  expect(large.asked).not.toContain('show table 10_0_0_1-80');
});

it('knows nothing of a rule that HAProxy does not have', async () => {
  expect(await readRuleActivity(haproxy(0), { ip: '10.0.0.2', port: 80 })).toEqual({ servers: [], table: undefined });
});
