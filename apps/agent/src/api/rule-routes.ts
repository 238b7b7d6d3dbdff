import { isDeepStrictEqual } from 'node:util';
import { createRoute } from '@hono/zod-openapi';
import type { RuleKey, RuleRecord } from '@limpet/contract';
import { canonicalRule } from '@limpet/contract';
import { conditionOf, duplicatesIn, fileRule } from '@limpet/operations';
import { keyOf, ruleId } from '@limpet/router';
import { z } from 'zod';
import type { RuleState } from '../router/driver.ts';
import type { ApiAgent } from './agent-api.ts';
import { duplicateProblems } from './field-problems.ts';
import { checkLargeLists } from './large-lists.ts';
import { checkPreconditions, etag } from './preconditions.ts';
import { Problem } from './problem.ts';
import { idempotencyKey, jsonAnswer, jsonBody, problems, routes } from './routes.ts';
import { ruleBodySchema, ruleListSchema, ruleParams, ruleStateSchema } from './schemas.ts';

const headers = z.object({
  'if-match': z.string().optional().describe('The ETag of the rule that the change is for.'),
  'if-none-match': z.string().optional().describe('*: only where there is no rule.'),
  ...idempotencyKey,
});
const path = '/v1/rules/{address}';

const list = createRoute({
  method: 'get',
  path: '/v1/rules',
  summary: 'All rules',
  responses: { 200: jsonAnswer('The rules, with their generations and conditions.', ruleListSchema), ...problems },
});
const read = createRoute({
  method: 'get',
  path,
  summary: 'One rule',
  request: { params: ruleParams },
  responses: { 200: jsonAnswer('The rule; its ETag is its generation.', ruleStateSchema), ...problems },
});
const put = createRoute({
  middleware: checkLargeLists(ruleBodySchema),
  method: 'put',
  path,
  summary: 'Create or replace a rule, and wait until it is in force',
  request: { params: ruleParams, headers, ...jsonBody(ruleBodySchema) },
  responses: {
    200: jsonAnswer('The rule is in force.', ruleStateSchema),
    201: jsonAnswer('The rule is in force; there was none before.', ruleStateSchema),
    ...problems,
  },
});
const remove = createRoute({
  method: 'delete',
  path,
  summary: 'Remove a rule, and wait until it is gone',
  request: { params: ruleParams, headers },
  responses: { 204: { description: 'The rule is gone.' }, ...problems },
});

/** `/v1/rules`: one rule at a time. */
export const ruleRoutes = (agent: ApiAgent) =>
  routes()
    .openapi(list, async (c) => {
      const { driver } = agent;
      const { generation: revision } = driver.router.current.desired();
      c.header('etag', etag(revision));
      return c.json({ revision, rules: (await driver.rules()).map(shown) }, 200);
    })
    .openapi(read, async (c) => {
      const { address } = c.req.valid('param');
      const found = (await agent.driver.rules()).find(({ rule }) => ruleId(rule) === address);
      if (found === undefined) throw notFound(address);
      c.header('etag', etag(found.generation));
      return c.json(shown(found), 200);
    })
    .openapi(put, async (c) => {
      agent.requireWritable();
      const { address } = c.req.valid('param');
      const rule = ruleAt(keyOf(address), c.req.valid('json'));
      const sent = c.req.valid('header');
      const { generation, created, result } = await agent.driver.change({ rule }, (before) => {
        if (c.get('resumed') && isDeepStrictEqual(before?.rule, canonicalRule(rule))) return before?.generation;
        checkPreconditions(sent, before?.generation);
        return undefined;
      });
      const status = result.rules.find(({ key }) => ruleId(key) === address);
      if (status === undefined || result.outcome === 'refused') throw refused(address, generation, status);
      c.header('etag', etag(generation));
      return c.json(
        shown({ rule: canonicalRule(rule), generation, status }),
        created || sent['if-none-match'] === '*' ? 201 : 200,
      );
    })
    .openapi(remove, async (c) => {
      agent.requireWritable();
      const { address } = c.req.valid('param');
      const { generation, result } = await agent.driver.change({ key: keyOf(address) }, (before) => {
        if (before === undefined && !c.get('resumed')) throw notFound(address);
        // It is gone already; to say so once more needs no generation of its own.
        if (before === undefined) return agent.driver.router.current.desired().generation;
        checkPreconditions(c.req.valid('header'), before.generation);
        return undefined;
      });
      if (result.outcome === 'refused') throw refused(address, generation, result.rules[0]);
      return c.body(null, 204);
    });

const shown = ({ rule, generation, status }: RuleState) => ({ generation, rule: { ...fileRule(rule) }, status });

/** The rule of a body, which may repeat the address that the path has, and may name no other. */
function ruleAt({ ip, port }: RuleKey, body: z.output<typeof ruleBodySchema>): RuleRecord {
  const rule = { ...body, ip: body.ip ?? ip, port: body.port ?? port } as RuleRecord;
  const errors = [
    ...(rule.ip === ip ? [] : [{ pointer: '/ip', detail: `expected ${ip}, as in the path, or nothing` }]),
    ...(rule.port === port ? [] : [{ pointer: '/port', detail: `expected ${port}, as in the path, or nothing` }]),
    ...duplicateProblems(duplicatesIn({ rules: [rule] })).map(({ pointer, detail }) => ({
      pointer: pointer.replace(/^\/rules\/0/, ''),
      detail,
    })),
  ];
  if (errors.length > 0) throw new Problem('BODY_INVALID', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors });
  return rule;
}

const notFound = (address: string): Problem =>
  new Problem('RULE_NOT_FOUND', `there is no rule on ${address}; GET /v1/rules has all`);

function refused(address: string, generation: number, status: RuleState['status'] | undefined): Problem {
  const said = (['Accepted', 'Programmed', 'InForce'] as const)
    .map((type) => status && conditionOf(status, type))
    .find((condition) => condition?.status === 'False');
  return new Problem(
    'RULE_REFUSED',
    `${address}: ${said?.reason ?? 'Unknown'}: ${said?.message ?? 'nothing is known'}`,
    {
      headers: { etag: etag(generation) },
      ...(status && { status }),
    },
  );
}
