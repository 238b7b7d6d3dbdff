/**
 * Concretization: gives the abstract steps of a path concrete data (addresses, VMs, policies, generations). Pure: a path
 * always gives the same concrete steps.
 *
 * @module
 */
import type { Position } from '@limpet/state-space';
import { APPLIES, certifiedGenerations, makesGeneration, refusableGenerations } from '../model/generations.ts';
import type { ExecutedStep } from '../model/test-model.ts';
import { certificates } from '../sut/certificates.ts';
import { type ConcreteRule, isRemovalRefused, keyOf, lossOf, newConcreteRule } from './concrete-rule.ts';
import type { ConcreteStep } from './concrete-step.ts';
import { assertAgreement, expectedOutcome } from './expected-outcome.ts';
import { type GenerationNeeds, nextRule } from './new-generation.ts';
import { Stimuli } from './stimuli.ts';
import { VmAllocator } from './vm-allocator.ts';

/** The generations in between belong to commands that arrive late. */
const GENERATION_STEP = 2;

/** The concrete steps of a path. @param port - public port of the first rule */
export function concretize(steps: readonly ExecutedStep[], port: number): ConcreteStep[] {
  const refusable = refusableGenerations(steps);
  const certified = certifiedGenerations(steps);
  const concretizer = new Concretizer(steps[0]?.before ?? { router: 'absent', cells: [] }, port);
  return steps.map((step, at) =>
    concretizer.step(step, {
      isRefusable: refusable.has(at),
      certificate: certified.has(at) ? certificates[step.group % certificates.length] : undefined,
    }),
  );
}

class Concretizer {
  readonly #groups: readonly ConcreteRule[];
  readonly #vms = new VmAllocator();
  readonly #stimuli: Stimuli;
  #revision = 0;

  constructor({ cells }: Position, port: number) {
    this.#groups = cells.map((cell, group) => newConcreteRule(cell, group, port));
    this.#stimuli = new Stimuli(this.#groups);
  }

  step(step: ExecutedStep, needs: GenerationNeeds): ConcreteStep {
    const { before, after, text, group, sentence } = step;
    const moves = this.#groups.map((concrete, i) => this.#vms.move(concrete, before.cells[i]!, after.cells[i]!));
    const start = moves.flatMap((move) => move.start);
    const destroy = moves.flatMap((move) => move.destroy);
    this.#makeGenerations(step, needs);
    // A refused removal is over when HAProxy is started again, without the rule.
    const refused = this.#groups.filter(isRemovalRefused).map(keyOf);
    const lost = this.#groups.map(lossOf);
    const stimulus = this.#stimuli.next(step, this.#revision);
    const isOver = (i: number): boolean => lossOf(this.#groups[i]!) === undefined && stimulus.do !== 'regain';
    const returning = lost.flatMap((what, i) => (what !== undefined && isOver(i) ? [what] : []));
    const unblock = text === APPLIES ? [keyOf(this.#groups[group]!)] : stimulus.do === 'halt' ? refused : [];
    const expected = expectedOutcome(after, this.#groups, this.#vms.alive());
    assertAgreement(after, this.#groups, sentence);
    const moved = start.length + destroy.length > 0;
    const kind = stimulus.do !== 'nothing' ? text : moved ? 'a VM starts or ends' : 'nothing that the router sees';
    return { sentence, text, kind, group, start, destroy, stimulus, unblock, returning, expected };
  }

  #makeGenerations({ before, after, text, group }: ExecutedStep, needs: GenerationNeeds): void {
    this.#groups.forEach((concrete, i) => {
      const [was, is] = [before.cells[i]!, after.cells[i]!];
      if (!makesGeneration(was, is, text, i === group)) return;
      this.#revision += GENERATION_STEP;
      concrete.generation = this.#revision;
      concrete.rule = nextRule(concrete, was, is, i === group ? text : '', needs);
    });
  }
}
