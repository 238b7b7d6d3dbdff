import { describe, expect, it } from 'vitest';
import { HaproxyError } from '../errors.ts';
import { parseAddress } from './address.ts';
import { readListen, readListens } from './listen.ts';
import { parseConfig } from './parse.ts';
import { renderConfig } from './render.ts';
import { parseServer } from './server.ts';
import { readStatement } from './statement.ts';
import { parseStickOn, parseStickTable } from './stick.ts';
import { tokenizeLine } from './tokenize.ts';
import { formatSize, formatTime, parseCount, parseSize, parseTime } from './units.ts';
import { line, quoted, section, token } from './write.ts';

/** What is said of each, a line each. */
const said = (...tries: readonly (() => unknown)[]): string =>
  tries
    .map((attempt) => {
      try {
        return `taken: ${JSON.stringify(attempt())}`;
      } catch (error) {
        if (!(error instanceof HaproxyError)) throw error;
        return `${error.code} ${error.message}`;
      }
    })
    .join('\n');
const statements = (...lines: readonly string[]): string =>
  said(...lines.map((text) => () => readStatement(tokenizeLine(text, 1)!)));
const listens = (...texts: readonly string[]): string =>
  said(...texts.map((text) => () => readListens(parseConfig(text))));

describe('what is said of', () => {
  it('addresses and binds', () => {
    expect(
      statements(
        'bind',
        'bind 1.2.3.4',
        'bind 1.2.3.4:65536',
        'bind 1.2.3.4:x1',
        'bind 1.2.3.4:1x',
        'bind 1.2.3.4:123456',
        'bind :65535,unix@/a,/b,x/unix@/c:1',
        'bind 1.2.3.4:80 ssl crt',
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_SYNTAX "bind" needs an address
      HAPROXY_CONFIG_SYNTAX "1.2.3.4" is not ADDRESS:PORT with one port of 0 to 65535
      HAPROXY_CONFIG_SYNTAX "1.2.3.4:65536" is not ADDRESS:PORT with one port of 0 to 65535
      HAPROXY_CONFIG_SYNTAX "1.2.3.4:x1" is not ADDRESS:PORT with one port of 0 to 65535
      HAPROXY_CONFIG_SYNTAX "1.2.3.4:1x" is not ADDRESS:PORT with one port of 0 to 65535
      HAPROXY_CONFIG_SYNTAX "1.2.3.4:123456" is not ADDRESS:PORT with one port of 0 to 65535
      taken: {"keyword":"bind","endpoints":[{"address":"*","port":65535},{"unix":"/a"},{"unix":"/b"},{"address":"x/unix@/c","port":1}],"options":[]}
      HAPROXY_CONFIG_SYNTAX "crt" needs a value"
    `);
    expect(
      said(
        () => parseAddress(':0'),
        () => parseAddress('::1:80'),
        () => parseAddress('80'),
      ),
    ).toMatchInlineSnapshot(`
      "taken: {"address":"*","port":0}
      taken: {"address":"::1","port":80}
      HAPROXY_CONFIG_SYNTAX "80" is not ADDRESS:PORT with one port of 0 to 65535"
    `);
  });

  it('servers', () => {
    expect(
      statements(
        'server',
        'server a',
        'peer a',
        'server a 1.2.3.4',
        'server-template',
        'server-template a',
        'server-template a 3',
        'server-template a 3 1.2.3.4:5 check',
        'server-template a 1-3 1.2.3.4:5',
        'server-template a 2-x 1.2.3.4:5',
        'server-template a x 1.2.3.4:5',
        'default-server lunch',
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_SYNTAX "server" needs a name and ADDRESS:PORT
      HAPROXY_CONFIG_SYNTAX "server" needs a name and ADDRESS:PORT
      HAPROXY_CONFIG_SYNTAX "peer" needs a name and ADDRESS:PORT
      HAPROXY_CONFIG_SYNTAX "1.2.3.4" is not ADDRESS:PORT with one port of 0 to 65535
      HAPROXY_CONFIG_SYNTAX "server-template" needs a prefix, a number or a range, and ADDRESS:PORT
      HAPROXY_CONFIG_SYNTAX "server-template" needs a prefix, a number or a range, and ADDRESS:PORT
      HAPROXY_CONFIG_SYNTAX "server-template" needs a prefix, a number or a range, and ADDRESS:PORT
      taken: {"keyword":"server-template","prefix":"a","first":1,"last":3,"address":"1.2.3.4","port":5,"options":[{"keyword":"check"}]}
      taken: {"keyword":"server-template","prefix":"a","first":1,"last":3,"address":"1.2.3.4","port":5,"options":[]}
      HAPROXY_CONFIG_SYNTAX "server-template" needs a whole number, not "x"
      HAPROXY_CONFIG_SYNTAX "server-template" needs a whole number, not "x"
      HAPROXY_CONFIG_SYNTAX "lunch" is no option known here"
    `);
    expect(
      said(
        () => parseServer(['a', '1.2.3.4:5'], ['check', 'disabled', 'weight', '3', 'cookie', 'c']),
        () =>
          parseServer(['a', '1.2.3.4:5', 'no-check', 'enabled', 'id', '7', 'inter', 'check'], ['check', 'disabled']),
        () => parseServer(['a', '1.2.3.4:5', 'cookie']),
        () => parseServer(['a', '1.2.3.4:5', 'id']),
        () => parseServer(['a', '1.2.3.4:5', 'weight', 'x']),
        () => parseServer(['a']),
        () => parseServer([]),
      ),
    ).toMatchInlineSnapshot(`
      "taken: {"name":"a","ip":"1.2.3.4","port":5,"check":true,"disabled":true,"weight":3,"options":["check","disabled","weight","3","cookie","c"],"cookie":"c"}
      taken: {"name":"a","ip":"1.2.3.4","port":5,"check":false,"disabled":false,"weight":1,"options":["check","disabled","no-check","enabled","id","7","inter","check"],"id":7}
      taken: {"name":"a","ip":"1.2.3.4","port":5,"check":false,"disabled":false,"weight":1,"options":["cookie"]}
      HAPROXY_CONFIG_SYNTAX "id" needs a whole number, not ""
      HAPROXY_CONFIG_SYNTAX "weight" needs a whole number, not "x"
      HAPROXY_CONFIG_SYNTAX "server a" needs a name and ADDRESS:PORT
      HAPROXY_CONFIG_SYNTAX "server " needs a name and ADDRESS:PORT"
    `);
  });

  it('cookies', () => {
    expect(
      statements(
        'cookie',
        'cookie A insert prefix',
        'cookie A rewrite indirect',
        'cookie A insert indirect',
        'cookie A rewrite nocache',
        'cookie A attr',
        'cookie A maxidle',
        'cookie A maxlife',
        'cookie A domain',
        'cookie A lunch',
        'cookie A maxidle 1x',
        'cookie A prefix preserve httponly secure dynamic attr a=b attr c=d maxidle 1 maxlife 2m domain x domain y',
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_SYNTAX "cookie" needs a name
      HAPROXY_CONFIG_SYNTAX a cookie line has one of rewrite, insert, prefix, not both "insert" and "prefix"
      HAPROXY_CONFIG_SYNTAX "indirect" cannot be combined with "rewrite": the cookie would be removed before it could be rewritten
      taken: {"keyword":"cookie","name":"A","flags":["indirect"],"domains":[],"attributes":[],"mode":"insert"}
      taken: {"keyword":"cookie","name":"A","flags":["nocache"],"domains":[],"attributes":[],"mode":"rewrite"}
      HAPROXY_CONFIG_SYNTAX "attr" needs a value
      HAPROXY_CONFIG_SYNTAX "maxidle" needs a value
      HAPROXY_CONFIG_SYNTAX "maxlife" needs a value
      HAPROXY_CONFIG_SYNTAX "domain" needs a value
      HAPROXY_CONFIG_SYNTAX "lunch" is no word of a cookie line that is known here; use indirect, nocache, postonly, preserve, httponly, secure, dynamic
      HAPROXY_CONFIG_SYNTAX "1x" is not a time such as 500ms, 30s, 10m, 2h, 1d
      taken: {"keyword":"cookie","name":"A","flags":["preserve","httponly","secure","dynamic"],"domains":["x","y"],"attributes":["a=b","c=d"],"mode":"prefix","maxIdle":1,"maxLife":120}"
    `);
  });

  it('stick lines', () => {
    expect(
      statements(
        'stick',
        'stick on',
        'stick on src table',
        'stick on src table t u',
        'stick on src of t',
        'stick on src table t if',
        'stick on src if a unless b',
        'stick on src unless a',
        'stick match',
        'stick-table',
        'stick-table type ip',
        'stick-table size 1',
        'stick-table type lunch size 1',
        'stick-table type ip size 1 lunch',
        'stick-table type ip size',
        'stick-table type binary len 8 size 1m nopurge expire 2h peers p srvkey addr store a store b',
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_SYNTAX "" is no stick action that is known here; use on, match, store-request, store-response
      HAPROXY_CONFIG_SYNTAX "stick on" needs a pattern such as src
      HAPROXY_CONFIG_SYNTAX "table" stands after the pattern; only "table NAME" and a condition may
      HAPROXY_CONFIG_SYNTAX "table t u" stands after the pattern; only "table NAME" and a condition may
      HAPROXY_CONFIG_SYNTAX "of t" stands after the pattern; only "table NAME" and a condition may
      HAPROXY_CONFIG_SYNTAX nothing stands after "if"
      taken: {"keyword":"stick","action":"on","pattern":"src","condition":{"test":"if","words":["a","unless","b"]}}
      taken: {"keyword":"stick","action":"on","pattern":"src","condition":{"test":"unless","words":["a"]}}
      HAPROXY_CONFIG_SYNTAX "stick match" needs a pattern such as src
      HAPROXY_CONFIG_SYNTAX "stick-table " needs a type and a size
      HAPROXY_CONFIG_SYNTAX "stick-table type ip" needs a type and a size
      HAPROXY_CONFIG_SYNTAX "stick-table size 1" needs a type and a size
      HAPROXY_CONFIG_SYNTAX "lunch" is no stick table type; use one of ip, ipv6, integer, string, binary
      HAPROXY_CONFIG_SYNTAX "lunch" is no word of a stick-table that is known here
      HAPROXY_CONFIG_SYNTAX "" is not a size such as 1000, 200k, 4m
      taken: {"keyword":"stick-table","table":{"type":"binary","length":8,"size":1048576,"noPurge":true,"expire":7200000,"peers":"p","serverKey":"addr","store":"a,b"}}"
    `);
    expect(
      said(
        () => parseStickTable(['type', 'ip', 'size', '1', 'store', 'a', 'store', 'b', 'srvkey', 'name']),
        () => parseStickOn([]),
        () => parseStickOn(['if', 'x']),
        () => parseStickOn(['src', 'table']),
        () => parseStickOn(['src', 'of', 't']),
        () => parseStickOn(['src', 'table', 't', 'unless', 'x', 'y']),
      ),
    ).toMatchInlineSnapshot(`
      "taken: {"type":"ip","size":1,"store":"a,b","serverKey":"name"}
      HAPROXY_CONFIG_SYNTAX "stick on" needs a pattern such as src
      HAPROXY_CONFIG_SYNTAX "stick on" needs a pattern such as src
      taken: {"pattern":"src"}
      taken: {"pattern":"src"}
      taken: {"pattern":"src","table":"t","condition":"unless x y"}"
    `);
  });

  it('checks, statistics, rules and the rest', () => {
    expect(
      statements(
        'no option lunch',
        'no log',
        'http-check',
        'http-check send',
        'http-check expect',
        'http-check connect',
        'http-check lunch',
        'stats',
        'stats lunch',
        'stats enable now',
        'stats admin if',
        'stats admin if LOCAL',
        'stats uri',
        'stats socket /a mode 600',
        'stats show-node a b',
        'mode',
        'mode udp',
        'mode tcp http',
        'balance',
        'balance lunch',
        'balance uri depth 3',
        'hash-type',
        'hash-type lunch',
        'hash-type map-based lunch',
        'hash-type map-based avalanche',
        'hash-type consistent sdbm djb2',
        'timeout client',
        'timeout client 1s 2s',
        'timeout lunch 1s',
        'timeout tarpit 1x',
        'acl',
        'acl a',
        'acl a src 10.0.0.0/8',
        'http-request',
        'http-request if a',
        'http-request deny if',
        'force-persist if a',
        'ignore-persist',
        'maxconn',
        'maxconn 1 2',
        'maxconn x',
        'maxconn 12345678901',
        'tune.bufsize',
        'tune.bufsize 1 2',
        'setenv A "$B"',
        'lunch',
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_SYNTAX "lunch" is no option that is known here; use abortonclose, accept-invalid-http-request, accept-invalid-http-response, allbackups, checkcache, clitcpka, contstats, disable-h2-upgrade, dontlog-normal, dontlognull, external-check, forwardfor, h1-case-adjust-bogus-client, h1-case-adjust-bogus-server, http-buffer-request, http-ignore-probes, http-keep-alive, http-no-delay, http-pretend-keepalive, http-restrict-req-hdr-names, http-server-close, http-use-proxy-header, httpchk, httpclose, httplog, httpslog, idle-close-on-response, independent-streams, ldap-check, log-health-checks, log-separate-errors, logasap, mysql-check, nolinger, originalto, persist, pgsql-check, prefer-last-server, redis-check, redispatch, smtpchk, socket-stats, splice-auto, splice-request, splice-response, spop-check, srvtcpka, ssl-hello-chk, tcp-check, tcp-smart-accept, tcp-smart-connect, tcpka, tcplog, transparent
      HAPROXY_CONFIG_SYNTAX "no" is no keyword that is known here
      HAPROXY_CONFIG_SYNTAX "" is no http-check action that is known here; use comment, connect, disable-on-404, expect, send, send-state, set-var, unset-var
      HAPROXY_CONFIG_SYNTAX "send" needs arguments
      HAPROXY_CONFIG_SYNTAX "expect" needs arguments
      taken: {"keyword":"http-check","action":"connect","arguments":[]}
      HAPROXY_CONFIG_SYNTAX "lunch" is no http-check action that is known here; use comment, connect, disable-on-404, expect, send, send-state, set-var, unset-var
      HAPROXY_CONFIG_SYNTAX "" is no stats setting that is known here; use admin, auth, bind-process, enable, hide-version, http-request, maxconn, realm, refresh, scope, show-desc, show-legends, show-modules, show-node, socket, timeout, uri
      HAPROXY_CONFIG_SYNTAX "lunch" is no stats setting that is known here; use admin, auth, bind-process, enable, hide-version, http-request, maxconn, realm, refresh, scope, show-desc, show-legends, show-modules, show-node, socket, timeout, uri
      HAPROXY_CONFIG_SYNTAX it takes 0 words after the keyword, not 1
      HAPROXY_CONFIG_SYNTAX it takes 2 to any number of words after the keyword, not 1
      taken: {"keyword":"stats","setting":"admin","arguments":["if","LOCAL"]}
      HAPROXY_CONFIG_SYNTAX it takes 1 words after the keyword, not 0
      taken: {"keyword":"stats","setting":"socket","arguments":["/a","mode","600"]}
      HAPROXY_CONFIG_SYNTAX it takes 0 to 1 words after the keyword, not 2
      HAPROXY_CONFIG_SYNTAX it takes 1 words after the keyword, not 0
      HAPROXY_CONFIG_SYNTAX "udp" is no mode that is known here; use tcp, http
      HAPROXY_CONFIG_SYNTAX it takes 1 words after the keyword, not 2
      HAPROXY_CONFIG_SYNTAX "" is no algorithm that is known here; use roundrobin, static-rr, leastconn, first, source, uri, url_param, random, hash
      HAPROXY_CONFIG_SYNTAX "lunch" is no algorithm that is known here; use roundrobin, static-rr, leastconn, first, source, uri, url_param, random, hash
      taken: {"keyword":"balance","algorithm":"uri","arguments":["depth","3"]}
      HAPROXY_CONFIG_SYNTAX "" is no hash method that is known here; use map-based, consistent
      HAPROXY_CONFIG_SYNTAX "lunch" is no hash method that is known here; use map-based, consistent
      HAPROXY_CONFIG_SYNTAX "lunch" is no hash function that is known here; use sdbm, djb2, wt6, crc32, none
      taken: {"keyword":"hash-type","method":"map-based","avalanche":true}
      HAPROXY_CONFIG_SYNTAX it takes 0 to 1 words after the keyword, not 2
      HAPROXY_CONFIG_SYNTAX it takes 2 words after the keyword, not 1
      HAPROXY_CONFIG_SYNTAX it takes 2 words after the keyword, not 3
      HAPROXY_CONFIG_SYNTAX "lunch" is no timeout that is known here; use check, client, client-fin, connect, http-keep-alive, http-request, queue, server, server-fin, tarpit, tunnel
      HAPROXY_CONFIG_SYNTAX "1x" is not a time such as 500ms, 30s, 10m, 2h, 1d
      HAPROXY_CONFIG_SYNTAX "acl" needs a name and a test
      HAPROXY_CONFIG_SYNTAX "acl" needs a name and a test
      taken: {"keyword":"acl","name":"a","test":["src","10.0.0.0/8"]}
      HAPROXY_CONFIG_SYNTAX "http-request" needs an action
      HAPROXY_CONFIG_SYNTAX "http-request" needs an action
      HAPROXY_CONFIG_SYNTAX nothing stands after "if"
      taken: {"keyword":"force-persist","action":[],"condition":{"test":"if","words":["a"]}}
      taken: {"keyword":"ignore-persist","action":[]}
      HAPROXY_CONFIG_SYNTAX it takes 1 words after the keyword, not 0
      HAPROXY_CONFIG_SYNTAX it takes 1 words after the keyword, not 2
      HAPROXY_CONFIG_SYNTAX "maxconn" needs a whole number, not "x"
      HAPROXY_CONFIG_SYNTAX "maxconn" needs a whole number, not "12345678901"
      HAPROXY_CONFIG_SYNTAX it takes 1 words after the keyword, not 0
      HAPROXY_CONFIG_SYNTAX it takes 1 words after the keyword, not 2
      HAPROXY_CONFIG_SYNTAX it holds an environment variable, whose value only HAProxy knows
      HAPROXY_CONFIG_SYNTAX "lunch" is no keyword that is known here"
    `);
  });

  it('sections', () => {
    expect(
      listens(
        'mode tcp\n',
        '\n\n "a b" c\n',
        'listen\n',
        'listen a b\n',
        'listen a from\n',
        'listen a of b\n',
        'listen a from b c\n',
        'listen "a b"\n',
        'listen a from "b c"\n',
        'listen a\n mode\n',
        'listen a\n timeout client x\n',
        'listen a\n stick match src\n stick on src\n hash-type map-based\n balance\n',
        'defaults\n maxconn 5\n option tcplog\nfrontend f\nlisten a\n default-server check\n server b :1\n lunch\nlisten b from x\n',
        'defaults x\n mode http\n default-server check\nlisten a from x\n server b :1\n timeout server 3s\n',
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_SYNTAX line 1: "mode" stands before any section; begin with one of global, defaults, listen, frontend, backend, peers, resolvers, mailers, userlist, cache, ring, program, http-errors, fcgi-app, log-forward, namespace_list
      HAPROXY_CONFIG_SYNTAX line 3: "a b" stands before any section; begin with one of global, defaults, listen, frontend, backend, peers, resolvers, mailers, userlist, cache, ring, program, http-errors, fcgi-app, log-forward, namespace_list
      HAPROXY_CONFIG_SYNTAX "listen " is not a listen section with a name
      HAPROXY_CONFIG_SYNTAX line 1: "listen a b" has words after the section's name; only "from DEFAULTS" may follow
      HAPROXY_CONFIG_SYNTAX line 1: "listen a from" has words after the section's name; only "from DEFAULTS" may follow
      HAPROXY_CONFIG_SYNTAX line 1: "listen a of b" has words after the section's name; only "from DEFAULTS" may follow
      HAPROXY_CONFIG_SYNTAX line 1: "listen a from b c" has words after the section's name; only "from DEFAULTS" may follow
      HAPROXY_CONFIG_SYNTAX line 1: "a b" is no name of a section: use letters, digits and _ . : -
      HAPROXY_CONFIG_SYNTAX line 1: "b c" is no name of a section: use letters, digits and _ . : -
      HAPROXY_CONFIG_SYNTAX listen a: "mode": "" is no mode that is known here; use tcp or http
      HAPROXY_CONFIG_SYNTAX listen a: "timeout client x": "x" is not a time such as 500ms, 30s, 10m, 2h, 1d
      taken: [{"name":"a","binds":[],"mode":"tcp","balance":"","hashConsistent":false,"servers":[],"stickOn":[{"pattern":"src"}],"timeouts":{},"other":[{"text":"stick match src","words":["stick","match","src"]}]}]
      taken: [{"name":"a","binds":[],"mode":"tcp","balance":"roundrobin","hashConsistent":false,"servers":[{"name":"b","ip":"*","port":1,"check":true,"disabled":false,"weight":1,"options":["check"]}],"stickOn":[],"timeouts":{},"other":[{"text":"lunch","words":["lunch"]}],"maxconn":5},{"name":"b","binds":[],"mode":"tcp","balance":"roundrobin","hashConsistent":false,"servers":[],"stickOn":[],"timeouts":{},"other":[]}]
      taken: [{"name":"a","binds":[],"mode":"http","balance":"roundrobin","hashConsistent":false,"servers":[{"name":"b","ip":"*","port":1,"check":true,"disabled":false,"weight":1,"options":["check"]}],"stickOn":[],"timeouts":{"server":3000},"other":[]}]"
    `);
    expect(
      said(
        () => readListen({ kind: 'backend', name: 'a', lines: [] }),
        () => readListen({ kind: 'listen', lines: [] }),
        () => tokenizeLine('a "b', 3),
        () => tokenizeLine("a 'b", 3),
        () => tokenizeLine('a \\x4', 4),
        () => tokenizeLine('a \\xg4', 4),
        () => tokenizeLine('a \\x414', 4),
        () => tokenizeLine('"a $b" \'$c\' $d', 5),
        () => tokenizeLine("'\\'a", 5),
        () => tokenizeLine('a\\', 6),
        () => tokenizeLine('\ta\rb\\tc\\rd ', 6),
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_SYNTAX "backend a" is not a listen section with a name
      HAPROXY_CONFIG_SYNTAX "listen " is not a listen section with a name
      HAPROXY_CONFIG_SYNTAX line 3: a quote " is never closed
      HAPROXY_CONFIG_SYNTAX line 3: a quote ' is never closed
      HAPROXY_CONFIG_SYNTAX line 4: "\\x" must be followed by two hexadecimal digits
      HAPROXY_CONFIG_SYNTAX line 4: "\\x" must be followed by two hexadecimal digits
      taken: {"text":"a \\\\x414","words":["a","A4"]}
      taken: {"text":"\\"a $b\\" '$c' $d","words":["a $b","$c","$d"],"expands":true}
      taken: {"text":"'\\\\'a","words":["\\\\a"]}
      taken: {"text":"a\\\\","words":["a\\\\"]}
      taken: {"text":"a\\rb\\\\tc\\\\rd","words":["a","b\\tc\\rd"]}"
    `);
  });

  it('units', () => {
    expect(
      said(
        ...['5', '5us', '5ms', '5s', '5m', '5h', '5d', 'x5', '5x', '5s ', ''].map((word) => () => parseTime(word)),
        () => parseTime('5', 's'),
        ...[0, 0.25, 1, 999, 1000, 60_000, 3_600_000, 86_400_000, 90_000].map((ms) => () => formatTime(ms)),
        ...['5', '5k', '5K', '5m', '5g', 'x5', '5x', ''].map((word) => () => parseSize(word)),
        ...[0, 1, 1023, 1024, 1024 ** 2, 1024 ** 3, 1536].map((size) => () => formatSize(size)),
        () => parseCount('id', undefined),
        () => parseCount('id', '-1'),
        () => parseCount('id', '1x'),
        () => parseCount('id', '12345678901'),
        () => parseCount('id', '1234567890'),
      ),
    ).toMatchInlineSnapshot(`
      "taken: 5
      taken: 0.005
      taken: 5
      taken: 5000
      taken: 300000
      taken: 18000000
      taken: 432000000
      HAPROXY_CONFIG_SYNTAX "x5" is not a time such as 500ms, 30s, 10m, 2h, 1d
      HAPROXY_CONFIG_SYNTAX "5x" is not a time such as 500ms, 30s, 10m, 2h, 1d
      HAPROXY_CONFIG_SYNTAX "5s " is not a time such as 500ms, 30s, 10m, 2h, 1d
      HAPROXY_CONFIG_SYNTAX "" is not a time such as 500ms, 30s, 10m, 2h, 1d
      taken: 5000
      taken: "0"
      taken: "250us"
      taken: "1ms"
      taken: "999ms"
      taken: "1s"
      taken: "1m"
      taken: "1h"
      taken: "1d"
      taken: "90s"
      taken: 5
      taken: 5120
      taken: 5120
      taken: 5242880
      taken: 5368709120
      HAPROXY_CONFIG_SYNTAX "x5" is not a size such as 1000, 200k, 4m
      HAPROXY_CONFIG_SYNTAX "5x" is not a size such as 1000, 200k, 4m
      HAPROXY_CONFIG_SYNTAX "" is not a size such as 1000, 200k, 4m
      taken: "0"
      taken: "1"
      taken: "1023"
      taken: "1k"
      taken: "1m"
      taken: "1024m"
      taken: "1536"
      HAPROXY_CONFIG_SYNTAX "id" needs a whole number, not ""
      HAPROXY_CONFIG_SYNTAX "id" needs a whole number, not "-1"
      HAPROXY_CONFIG_SYNTAX "id" needs a whole number, not "1x"
      HAPROXY_CONFIG_SYNTAX "id" needs a whole number, not "12345678901"
      taken: 1234567890"
    `);
  });

  it('words and lines to write', () => {
    expect(
      said(
        () => token(''),
        () => token('a b'),
        () => token(' a'),
        () => token('a '),
        () => token(5),
        () => quoted(''),
        () => quoted('a\nb'),
        () => quoted('\ud800'),
        () => line(quoted('a "b" $c \\d')),
        () => line(),
        () => line(...Array.from({ length: 64 }, () => 'a')).words.length,
        () => line(...Array.from({ length: 65 }, () => 'a'), 'last'),
        () => section('global', undefined, []),
        () => section('listen', 'a', [['mode', 'tcp']]),
        () => section('listen', 'a b', []),
      ),
    ).toMatchInlineSnapshot(`
      "HAPROXY_CONFIG_TOKEN "" cannot stand in haproxy.cfg: a word holds letters, digits and _ . : @ / , ( ) { } = + * % ! < > - only
      HAPROXY_CONFIG_TOKEN "a b" cannot stand in haproxy.cfg: a word holds letters, digits and _ . : @ / , ( ) { } = + * % ! < > - only
      HAPROXY_CONFIG_TOKEN " a" cannot stand in haproxy.cfg: a word holds letters, digits and _ . : @ / , ( ) { } = + * % ! < > - only
      HAPROXY_CONFIG_TOKEN "a " cannot stand in haproxy.cfg: a word holds letters, digits and _ . : @ / , ( ) { } = + * % ! < > - only
      taken: "5"
      HAPROXY_CONFIG_TOKEN "" cannot stand in haproxy.cfg, not even in quotes: it is empty or holds control characters
      HAPROXY_CONFIG_TOKEN "a\\nb" cannot stand in haproxy.cfg, not even in quotes: it is empty or holds control characters
      HAPROXY_CONFIG_TOKEN "\\ud800" cannot stand in haproxy.cfg, not even in quotes: it is empty or holds control characters
      taken: {"text":"\\"a \\\\\\"b\\\\\\" \\\\$c \\\\\\\\d\\"","words":["a \\"b\\" $c \\\\d"]}
      HAPROXY_CONFIG_TOKEN a line of haproxy.cfg holds 1 to 64 words, not 0 (" ..."); split it
      taken: 64
      HAPROXY_CONFIG_TOKEN a line of haproxy.cfg holds 1 to 64 words, not 66 ("a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a  ..."); split it
      taken: {"kind":"global","lines":[]}
      taken: {"kind":"listen","name":"a","lines":[{"text":"mode tcp","words":["mode","tcp"]}]}
      HAPROXY_CONFIG_TOKEN "a b" cannot stand in haproxy.cfg: a word holds letters, digits and _ . : @ / , ( ) { } = + * % ! < > - only"
    `);
  });
});

it('a file is written with a blank line between sections', () => {
  const text = 'global\n\nlisten a from b\n  mode tcp\n  maxconn 5\n\ndefaults c\n';
  expect(renderConfig(parseConfig(text))).toBe(text);
});
