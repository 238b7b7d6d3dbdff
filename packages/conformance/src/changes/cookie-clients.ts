/**
 * Browsers with cookies, which a change of the rule must leave with their members. Only in memory, where requests cost
 * nothing.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import type { Cookies } from '@limpet/data-plane';
import { ruleId } from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import { canAsk } from '../oracle/rule-observation.ts';
import type { TestBed } from '../sut/test-bed.ts';
import { isAdmitted } from './networks.ts';

const clients = ['198.18.0.40', '198.18.0.41', '198.18.0.42', '198.18.0.43'];

interface Browser {
  readonly client: string;
  readonly vm: string;
  readonly cookies: Cookies;
}

/** The browsers of one rule over one change. */
export class CookieClients {
  readonly #testBed: TestBed;
  #before: RuleRecord | undefined;
  #browsers: readonly Browser[] = [];

  constructor(testBed: TestBed) {
    this.#testBed = testBed;
  }

  /** Gets the cookies. */
  async arrive(rule: RuleRecord): Promise<void> {
    if (this.#testBed.kind !== 'memory' || !hasCookie(rule)) return;
    const answers = await this.#ask(
      rule,
      clients.map((client) => ({ client, cookies: {} })),
    );
    this.#before = rule;
    this.#browsers = answers.flatMap((answer, at) =>
      answer.ok && answer.cookies ? [{ client: clients[at]!, vm: answer.vm, cookies: answer.cookies }] : [],
    );
  }

  /** Browsers that come now, and are not with their member when they come again. */
  async lookAtNew(rule: RuleRecord | undefined): Promise<Difference[]> {
    if (rule === undefined || !isAsked(rule)) return [];
    await this.arrive(rule);
    return this.look(rule);
  }

  /** Browsers that are not with their member any more. @param after - undefined: the rule is gone */
  async look(after: RuleRecord | undefined): Promise<Difference[]> {
    const before = this.#before;
    const browsers = this.#browsers.filter(({ vm }) => before && after && staysAt(vm, before, after));
    this.#before = undefined;
    this.#browsers = [];
    if (after === undefined || browsers.length === 0) return [];
    const answers = await this.#ask(after, browsers);
    return browsers.flatMap(({ client, vm }, at) => {
      const answer = answers[at]!;
      const seen = answer.ok ? answer.vm : answer.error;
      return seen === vm ? [] : [{ check: 'cookie', of: `${ruleId(after)}, ${client}`, expected: vm, observed: seen }];
    });
  }

  #ask({ ip, port, stickiness }: RuleRecord, browsers: readonly Pick<Browser, 'client' | 'cookies'>[]) {
    return this.#testBed.clients.ask(
      browsers.map(({ client, cookies }) => {
        const begins = Object.keys(cookies).length === 0 && 'cookieName' in stickiness;
        const session = begins && stickiness.cookieName === 'session' ? { session: 'session' as const } : {};
        return { client, ip, port, protocol: 'http' as const, cookies, ...session };
      }),
    );
  }
}

/** Whether a rule knows its clients by a cookie. */
const hasCookie = ({ stickiness, protocol }: RuleRecord): boolean => 'cookieName' in stickiness && protocol !== 'ssl';

/** The policy is the same, and the member takes the clients that it has. */
function staysAt(vm: string, before: RuleRecord, after: RuleRecord): boolean {
  const [was, is] = [before, after].map(({ members }) => members.find((member) => member.vm === vm));
  return (
    JSON.stringify(before.stickiness) === JSON.stringify(after.stickiness) &&
    before.protocol === after.protocol &&
    is !== undefined &&
    is.state !== 'maintenance' &&
    was?.ip === is.ip &&
    was.port === is.port &&
    isAsked(after)
  );
}

/** The rule admits the browsers, and its members answer them. */
const isAsked = (rule: RuleRecord): boolean =>
  clients.every((client) => isAdmitted(rule, client)) && canAsk(rule, new Set(rule.members.map((member) => member.vm)));
