/**
 * What rules need of their host goes, and comes back, while nobody changes the rules.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import type { TestBed } from '../sut/test-bed.ts';
import { answered, type Moment, moment, type PlayedRouter } from './moment.ts';
import type { Need, Operation } from './operation.ts';

/** A need, as a host can take it away. */
interface Loss {
  /** Whether the rule has this need. */
  concerns(rule: RuleRecord, of: RuleRecord): boolean;
  /** Part of what is said of a rule that lacks it. */
  readonly says: RegExp;
  /** @param gone - otherwise it comes back */
  act(testBed: TestBed, of: RuleRecord, gone: boolean): Promise<void>;
}

const LOSSES: Readonly<Record<Need, Loss>> = {
  'the address': {
    concerns: ({ ip }, of) => ip === of.ip,
    says: /is not an address of this router/,
    act: async (testBed, { ip }, gone) => testBed.take({ need: 'address', ip }, gone),
  },
  'the certificate': {
    concerns: ({ certificate }, of) => certificate === of.certificate,
    says: /cannot be used/,
    act: async (testBed, { certificate }, gone) => testBed.take({ need: 'certificate', path: certificate! }, gone),
  },
  'the way in': {
    concerns: (rule, of) => ruleId(rule) === ruleId(of),
    says: /mangle .* drops clients/,
    act: async (testBed, key, gone) => testBed.dropPackets?.(key, gone),
  },
};

/** Whether the rule can lose it. */
export const canLose = (what: Need, { certificate }: RuleRecord): boolean =>
  what !== 'the certificate' || certificate !== undefined;

/** Takes it away, sends each rule that needs it once more, as it was, and gives it back. */
export async function* lose(router: PlayedRouter, { what, key }: Operation & { do: 'lose' }): AsyncGenerator<Moment> {
  const { sut, expected, testBed } = router;
  const rule = expected.installed(key);
  if (rule === undefined || !canLose(what, rule)) return yield moment();
  const { concerns, says, act } = LOSSES[what];
  const concerned = expected.wanted().filter((one) => concerns(one, rule));
  const setInForce = (inForce: boolean) => {
    for (const one of concerned) expected.setInForce(one, inForce);
  };
  await act(testBed, rule, true);
  await sut.passDriftPeriod();
  setInForce(false);
  const faulty = new Map(concerned.map((one) => [ruleId(one), says]));
  yield moment([], faulty);
  for (const one of concerned) {
    const answer = await sut.send({ type: 'putRule', rule: one, generation: expected.generation(one)! });
    yield moment(answered('refused', answer, says), faulty);
  }
  await act(testBed, rule, false);
  await sut.passDriftPeriod();
  setInForce(true);
  yield moment();
}
