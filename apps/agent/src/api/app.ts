import { ContractError } from '@limpet/contract';
import { RulesError } from '@limpet/operations';
import { RouterError } from '@limpet/router';
import { HTTPException } from 'hono/http-exception';
import { inspectRoutes } from '../inspect/inspect-routes.ts';
import type { ApiAgent } from './agent-api.ts';
import { commandRoutes } from './command-routes.ts';
import { databagRoutes } from './databag-routes.ts';
import { desiredRoutes } from './desired-routes.ts';
import { head } from './head.ts';
import { idempotency } from './idempotency.ts';
import { observeRoutes } from './observe-routes.ts';
import { Problem } from './problem.ts';
import { bodyLimits, readBody } from './read-body.ts';
import { requireJson } from './require-json.ts';
import { requirePath } from './require-path.ts';
import { routes } from './routes.ts';
import { ruleRoutes } from './rule-routes.ts';
import { statusRoutes } from './status-routes.ts';

/**
 * The HTTP API. Pure: a test asks it without a socket, by `app.request()`.
 *
 * @param onFault told of errors that are faults of Limpet's
 */
export function createApp(agent: ApiAgent, onFault: (error: unknown) => void) {
  const app = routes();
  app.use(requirePath(app));
  app.use(head);
  app.use(requireJson);
  app.use(readBody(bodyLimits));
  app.use(idempotency(agent.answers));
  const groups = [statusRoutes, ruleRoutes, desiredRoutes, databagRoutes, commandRoutes, observeRoutes, inspectRoutes];
  for (const group of groups) app.route('/', group(agent));
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Limpet agent',
      version: '1',
      description: 'The load balancer rules of one virtual router. Every answer to a change is its outcome.',
    },
  });
  app.onError((error) => {
    const problem = problemOf(error);
    if (problem.code === 'INTERNAL') onFault(error);
    return problem.response();
  });
  return app;
}

const isOfStore = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && ['STATE_NOT_STORED', 'STATE_UNREADABLE'].includes(String(error.code));

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ContractError) return new Problem('BODY_INVALID', error.message);
  if (error instanceof HTTPException && error.status === 400) {
    return new Problem('BODY_NOT_JSON', 'the body is not JSON that can be read');
  }
  if (error instanceof RouterError && error.code === 'ROUTER_SETTINGS_INVALID') {
    return new Problem('SETTINGS_INVALID', error.message);
  }
  if (error instanceof RouterError && error.code === 'ROUTER_CLOSED') {
    return new Problem('AGENT_STOPPING', 'ask again when the agent is up');
  }
  if (error instanceof RulesError && error.code === 'NOT_RESPONDING') {
    return new Problem('HAPROXY_NOT_RESPONDING', error.message);
  }
  if (error instanceof RulesError && error.code === 'DATABAG_INVALID') {
    return new Problem('DATABAG_INVALID', error.message);
  }
  if (isOfStore(error)) return new Problem('STATE_NOT_STORED', error.message);
  return new Problem('INTERNAL', 'please report it; the log of the agent has the error');
}
