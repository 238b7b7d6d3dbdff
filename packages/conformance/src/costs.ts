/**
 * Steps of the model that reach the router or its machine, and what each costs on a real HAProxy: milliseconds, rounded.
 * All other steps are the management's own and cost nothing beside these. Measured by `limpet conform`, which prints them.
 */
export const STEP_COSTS: Readonly<Record<string, number>> = {
  'the router applies the command': 60,
  'the router refuses the command': 40,
  'the router has started, and is sent all rules': 50,
  'a user stops the router': 30,
  'a user reboots the router': 30,
  'a user destroys the router': 20,
  'the agent crashes and restarts': 20,
  'an older command arrives late': 15,
  'another operation sends a snapshot that it read before the change': 15,
  'the command arrives a second time': 15,
  'the router is in reach again, and reports its rules': 15,
};

export const RESET_COST = 60;

export const reachesRouter = (text: string): boolean => text in STEP_COSTS;

export const costOf = (text: string): number => STEP_COSTS[text] ?? 1;
