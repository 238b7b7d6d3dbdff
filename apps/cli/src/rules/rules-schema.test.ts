import { rulesJsonSchema } from '@limpet/operations';
import { expect, it } from 'vitest';

it('publishes the JSON Schema that it checks (renewed by: npx vitest run apps/cli/src/rules/rules-schema.test.ts -u)', async () => {
  await expect(`${JSON.stringify(rulesJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../rules.schema.json');
});
