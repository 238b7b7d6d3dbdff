import { type RuleView, ruleViewSchema } from '@limpet/operations/rule-view';
import { createContext } from 'react';

/** Asks the router for all of a rule. @throws Error with what the server says */
export type AskRule = (rule: string) => Promise<RuleView>;

/** How the router is asked; undefined where there is none, such as on a recorded run. */
export const AskRuleContext = createContext<AskRule | undefined>(undefined);

/** Asks the agent that serves the page. @throws Error with what it says */
export const askAgent: AskRule = async (rule) => {
  const answer = await fetch(`rules/${encodeURIComponent(rule)}`);
  const body: unknown = await answer.json();
  if (answer.ok) return ruleViewSchema.parse(body);
  const detail = (body as { detail?: unknown } | null)?.detail;
  throw new Error(typeof detail === 'string' ? detail : `the agent says ${answer.status}`);
};
