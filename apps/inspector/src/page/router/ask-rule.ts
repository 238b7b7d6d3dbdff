import { type RuleLoad, type RuleView, ruleLoadSchema, ruleViewSchema } from '@limpet/operations/rule-view';
import { createContext } from 'react';

/** Asks a router for what is not in the feed. Both reject with what the server says. */
export interface AskRule {
  /** All of a rule. */
  all(rule: string): Promise<RuleView>;
  /** The connections of its members. */
  load(rule: string): Promise<RuleLoad>;
}

/** How the router is asked; undefined where there is none, such as on a recorded run. */
export const AskRuleContext = createContext<AskRule | undefined>(undefined);

/** Asks the agent that serves the page. */
export const askAgent: AskRule = {
  all: async (rule) => ruleViewSchema.parse(await ask(`rules/${encodeURIComponent(rule)}`)),
  load: async (rule) => ruleLoadSchema.parse(await ask(`rules/${encodeURIComponent(rule)}/load`)),
};

async function ask(address: string): Promise<unknown> {
  const answer = await fetch(address);
  const body: unknown = await answer.json();
  if (answer.ok) return body;
  const detail = (body as { detail?: unknown } | null)?.detail;
  throw new Error(typeof detail === 'string' ? detail : `the agent says ${answer.status}`);
}
