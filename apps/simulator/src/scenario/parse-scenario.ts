import { knownKeysOf, readYaml } from '@limpet/operations';
import { SimulatorError } from '../errors.ts';
import { type Scenario, scenarioJsonSchema, scenarioSchema } from './scenario.ts';

const knownKeys = knownKeysOf(scenarioJsonSchema(), 'op');

/**
 * Reads a scenario from YAML.
 *
 * @param source name of the file, for messages
 * @throws SimulatorError `SCENARIO_INVALID` with all problems: `small.yaml:9:5: groups[0].stickyness: unknown key; did you mean stickiness?`
 */
export const parseScenario = (text: string, source: string): Scenario =>
  readYaml(text, source, {
    schema: scenarioSchema,
    knownKeys,
    invalid: (lines) => new SimulatorError('SCENARIO_INVALID', lines),
  });
