import type { RuleView } from '@limpet/operations/rule-view';
import { useContext, useEffect, useState } from 'react';
import { useActor } from '../store/hooks.ts';
import { AskRuleContext } from './ask-rule.ts';

/** What is known of a rule on the router, and why no more is. */
export interface AskedRule {
  view: RuleView | undefined;
  trouble: string;
  refresh(): void;
}

/** Milliseconds for which news of a rule are gathered: its steps come in bursts, and each question makes the router look. */
const GATHER_MS = 300;

/** Asks the router for a rule, and again when something has happened to it. */
export function useRule(rule: string): AskedRule {
  const ask = useContext(AskRuleContext);
  const actor = useActor(rule);
  const [view, setView] = useState<RuleView>();
  const [trouble, setTrouble] = useState('');
  const [times, setTimes] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the actor is another one whenever something has happened to it
  useEffect(() => {
    if (ask === undefined) return;
    let wanted = true;
    const timer = setTimeout(() => {
      ask.all(rule).then(
        (answer) => {
          if (!wanted) return;
          setView(answer);
          setTrouble('');
        },
        (error: unknown) => wanted && setTrouble(error instanceof Error ? error.message : String(error)),
      );
    }, GATHER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [ask, rule, actor, times]);

  return { view: view?.rule === rule ? view : undefined, trouble, refresh: () => setTimes(times + 1) };
}
