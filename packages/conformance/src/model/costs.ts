/**
 * Steps of the model that reach the router or its host, and what each costs on a real HAProxy: milliseconds on average,
 * on two cores with nothing else to do. All other steps are the management's own and cost nothing beside these. Measured
 * by `limpet conform`, which prints them; tours are planned by how they relate.
 */
export const STEP_COSTS: Readonly<Record<string, number>> = {
  'the router applies the command': 60,
  'the router has started, and is sent all rules': 25,
  'the address of the rule comes back': 40,
  'the certificate of the rule comes back': 40,
  'the agent crashes and restarts': 12,
  'the address of the rule goes elsewhere': 12,
  'the certificate of the rule goes': 12,
  'a user stops the router': 9,
  'a user reboots the router': 9,
  'a user destroys the router': 7,
  'the router refuses the command': 6,
  'the router refuses the command without the address of the rule': 2,
  'the router refuses the command without the certificate of the rule': 2,
  'another operation sends a snapshot that it read before the change': 5,
  'the command arrives a second time': 4,
  'an older command arrives late': 2,
  'the router is in reach again, and reports its rules': 2,
};

/** Cost of starting a path anew. Higher than the time that it takes, to get long paths: they go through more of the data. */
export const RESET_COST = 60;

/** Whether a step of the model, by its text, reaches the router or its host. */
export const reachesRouter = (text: string): boolean => text in STEP_COSTS;

/** The cost of a step, by its text: milliseconds for a step that reaches the router, otherwise 1. */
export const costOf = (text: string): number => STEP_COSTS[text] ?? 1;
