import { expect, it } from 'vitest';
import { scenarioJsonSchema } from './scenario.ts';

it('publishes the JSON Schema that it checks (renewed by: npx vitest run apps/simulator/src/scenario/scenario.test.ts -u)', async () => {
  await expect(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../scenario.schema.json');
});
