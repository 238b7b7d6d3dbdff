/**
 * Every key that CloudStack writes beside the configuration, in all versions: `LoadBalancerRule`, `LoadBalancerRules` and `ConfigBase`
 * of the management server, as Gson writes them.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { aRule } from '../../testing/rules.ts';
import { parseDatabag } from '../databag.ts';
import { databagOf } from '../queue-file.ts';
import { defaultSettings } from '../settings.ts';
import { type DatabagContents, readDatabag } from './reader.ts';

const stats = { ip: '10.0.53.2', port: 8081, uri: '/a', auth: 'admin1:secret1', sourceCidrs: '0/0' };
const rules = [
  aRule({ port: 80, protocol: 'http' }),
  aRule({ port: 443, protocol: 'ssl', certificate: '/etc/cloudstack/ssl/10_0_53_2-443.pem' }),
  aRule({ port: 444, protocol: 'ssl', certificate: '/etc/ssl/private/site.pem' }),
];
const queued = databagOf(rules, { ...defaultSettings, stats });
const site = { name: '10_0_53_2-443', cert: 'CERT\r\nA', key: 'KEY', chain: 'CHAIN', password: 'secret2' };

/** The queue file with keys beside those of its only entry, and beside its list. */
function read(inEntry: object, beside: object = {}): DatabagContents {
  const entry = { ...queued.rules[0], ...inEntry };
  return readDatabag(parseDatabag(JSON.stringify({ ...queued, rules: [entry], ...beside })));
}
const before = read({});

/** `[]`: nothing is to be done, or Limpet does it in any case. Otherwise: the notes, as `place: line: why`. */
const keys: [string, unknown, (string | RegExp)[]][] = [
  ['tmp_cfg_file_path', '/x/', []],
  ['tmp_cfg_file_name', 'x', []],
  ['router_ip', '169.254.3.3', []],
  ['network_cidr', '10.1.1.0/24', []],
  ['is_transparent', false, []],
  ['is_transparent', null, []],
  ['is_transparent', true, [/^rules\[0\]\.is_transparent: is_transparent: true: transparent .* switch the network's/]],
  ['is_transparent', 'false', [/is_transparent: false: transparent load balancing is not supported/]],
  ['add_rules', ['10.0.53.2:80:'], []],
  [
    'add_rules',
    ['10.0.53.2:80:', '10.0.53.2:8080:', '10.0.53.2'],
    [
      'rules[0].add_rules[1]: 10.0.53.2:8080:: the configuration has no rule 10.0.53.2:8080; its port is not opened',
      'rules[0].add_rules[2]: 10.0.53.2: should be such as "10.0.53.2:8080:"',
    ],
  ],
  ['remove_rules', ['10.0.53.2:8080:'], []],
  [
    'remove_rules',
    ['10.0.53.2:80:'],
    ['rules[0].remove_rules[0]: 10.0.53.2:80:: the configuration has the rule 10.0.53.2:80; it is not removed'],
  ],
  ['stat_rules', [''], []],
  ['stat_rules', ['10.0.53.2:8081:0/0:,'], []],
  ['stat_rules', ['0.0.0.0/0:8081:0/0:,'], []],
  ['stat_rules', ['10.0.53.3:8081:0/0:,'], [/stat_rules\[0\]: .*: no statistics page on 10\.0\.53\.3:8081 is served/]],
  ['ssl_certs', null, []],
  ['ssl_certs', [], []],
  ['ssl_certs', 'x', ['rules[0].ssl_certs: ssl_certs: is no list of certificates']],
  [
    'ssl_certs',
    [{ ...site, name: '10_0_53_2-80' }, { ...site, name: '10_0_53_2-444' }, { ...site, name: 'x' }, { name: 'x' }],
    [
      'rules[0].ssl_certs[0]: 10_0_53_2-80: no rule reads this certificate',
      'rules[0].ssl_certs[1]: 10_0_53_2-444: its rule reads /etc/ssl/private/site.pem',
      'rules[0].ssl_certs[2]: x: no rule reads this certificate',
      'rules[0].ssl_certs[3]: ssl_certs: has no "name", "cert" and "key" that are texts',
    ],
  ],
  ['later', 1, ['rules[0].later: later: CloudStack writes no such key']],
  ['constructor', 1, ['rules[0].constructor: constructor: CloudStack writes no such key']],
];

const said = ({ notCarriedOut }: DatabagContents): string[] =>
  notCarriedOut.map(({ place, line, why }) => `${place}: ${line}: ${why}`);

it.each(keys)('%s, as %j, is carried out or named', (key, value, notes) => {
  const contents = read({ [key]: value });
  expect(said(contents)).toEqual(notes.map((note) => (typeof note === 'string' ? note : expect.stringMatching(note))));
  expect(contents).toMatchObject({ rules: before.rules, refused: [], certificates: [] });
  expect(JSON.stringify(contents)).not.toContain('secret2');
});

it.each([{}, { chain: '' }, { chain: undefined }])(
  'reads the certificate of a rule, as the router writes its file',
  (change) => {
    const contents = read({ ssl_certs: [{ ...site, ...change }] });
    const chain = 'chain' in change ? '' : 'CHAIN';
    expect(contents.certificates).toEqual([
      {
        place: 'rules[0].ssl_certs[0]',
        name: '10_0_53_2-443',
        file: '/etc/cloudstack/ssl/10_0_53_2-443.pem',
        pem: `CERT\nA\n${chain}\nKEY`,
      },
    ]);
    expect(contents.notCarriedOut).toEqual([]);
  },
);

it('names what is beside the entry', () => {
  const contents = read({}, { rules: [queued.rules[0], queued.rules[0]], later: 1, delete_from_processed_cache: true });
  expect(said(contents)).toEqual([
    "rules[1]: a further entry: CloudStack's router reads the first entry alone",
    'later: later: CloudStack writes no such key',
  ]);
});
