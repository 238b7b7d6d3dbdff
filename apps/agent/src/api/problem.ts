import type { RuleStatus } from '@limpet/contract';

/**
 * Codes of the API's errors.
 *
 * - `BODY_INVALID`, `HEADER_INVALID`, `PATH_INVALID`, `QUERY_INVALID`: `errors` names each field, and what may stand there.
 * - `BODY_NOT_JSON`, `BODY_TOO_LARGE`, `BODY_TOO_DEEP`, `CONTENT_TYPE_UNSUPPORTED`, `CONTENT_ENCODING_UNSUPPORTED`: what was
 *   sent cannot be read at all.
 * - `AGENT_BUSY`: other clients have all of what is limited: bodies that are read, looks at the router, streams of events; send it again.
 * - `UNAUTHORIZED`: over TCP, without the token.
 * - `NOT_FOUND`: no such path. `RULE_NOT_FOUND`: no rule on this address and port.
 * - `METHOD_NOT_ALLOWED`: the path has other methods; the header Allow names them.
 * - `PRECONDITION_REQUIRED`: a change needs If-Match, or If-None-Match: *.
 * - `PRECONDITION_FAILED`: somebody has changed the rule since; read it again.
 * - `IDEMPOTENCY_KEY_REUSED`: the Idempotency-Key belongs to another request; take a new one.
 * - `INPUT_ELSEWHERE`: the agent takes its rules from a file, and not from here.
 * - `RULE_REFUSED`: the router cannot serve the rule; `status` has the reason. It stays desired, and is tried again.
 * - `DATABAG_INVALID`, `SETTINGS_INVALID`: as a whole; nothing was changed.
 * - `STATE_NOT_STORED`: the disk is full, takes no writes, or has damaged the store; nothing was changed.
 * - `AGENT_STARTING`: the last good state is not in force yet; ask again.
 * - `AGENT_STOPPING`: ask again when the agent is up.
 * - `PAGE_UNAVAILABLE`: the files of the inspector's page are not there; the message says what to configure.
 * - `HAPROXY_NOT_RESPONDING`: HAProxy hangs; the message names its processes.
 * - `INTERNAL`: a fault of Limpet's.
 */
export type ProblemCode =
  | 'BODY_INVALID'
  | 'HEADER_INVALID'
  | 'PATH_INVALID'
  | 'QUERY_INVALID'
  | 'BODY_NOT_JSON'
  | 'BODY_TOO_LARGE'
  | 'BODY_TOO_DEEP'
  | 'AGENT_BUSY'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'CONTENT_ENCODING_UNSUPPORTED'
  | 'UNAUTHORIZED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'RULE_NOT_FOUND'
  | 'PRECONDITION_REQUIRED'
  | 'PRECONDITION_FAILED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INPUT_ELSEWHERE'
  | 'RULE_REFUSED'
  | 'DATABAG_INVALID'
  | 'SETTINGS_INVALID'
  | 'STATE_NOT_STORED'
  | 'AGENT_STARTING'
  | 'AGENT_STOPPING'
  | 'PAGE_UNAVAILABLE'
  | 'HAPROXY_NOT_RESPONDING'
  | 'INTERNAL';

const KINDS: Readonly<Record<ProblemCode, readonly [status: ProblemStatus, title: string]>> = {
  BODY_INVALID: [400, 'The body is not what the schema says'],
  HEADER_INVALID: [400, 'A header is not what the schema says'],
  PATH_INVALID: [400, 'The path is not what the schema says'],
  QUERY_INVALID: [400, 'The query is not what the schema says'],
  BODY_NOT_JSON: [400, 'The body is not JSON'],
  BODY_TOO_LARGE: [413, 'The body is too large'],
  BODY_TOO_DEEP: [400, 'The body stands too deep in itself'],
  AGENT_BUSY: [503, 'The agent is busy with other clients'],
  CONTENT_TYPE_UNSUPPORTED: [415, 'The body must be application/json'],
  CONTENT_ENCODING_UNSUPPORTED: [415, 'The body must not be encoded'],
  UNAUTHORIZED: [401, 'The token is missing, or another one'],
  NOT_FOUND: [404, 'There is no such path'],
  METHOD_NOT_ALLOWED: [405, 'The path has other methods'],
  RULE_NOT_FOUND: [404, 'There is no such rule'],
  PRECONDITION_REQUIRED: [428, 'A change needs a precondition'],
  PRECONDITION_FAILED: [412, 'The rule has changed'],
  IDEMPOTENCY_KEY_REUSED: [422, 'The Idempotency-Key belongs to another request'],
  INPUT_ELSEWHERE: [409, 'The rules come from elsewhere'],
  RULE_REFUSED: [422, 'The rule cannot be served'],
  DATABAG_INVALID: [422, 'The databag cannot be read'],
  SETTINGS_INVALID: [422, 'HAProxy does not take the settings'],
  STATE_NOT_STORED: [507, 'The change cannot be stored'],
  AGENT_STARTING: [503, 'The agent is starting'],
  AGENT_STOPPING: [503, 'The agent is stopping'],
  PAGE_UNAVAILABLE: [503, 'The page is not installed'],
  HAPROXY_NOT_RESPONDING: [503, 'HAProxy does not answer'],
  INTERNAL: [500, 'A fault of Limpet'],
};

type ProblemStatus = 400 | 401 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 428 | 500 | 503 | 507;

/** What is wrong with one field: a JSON pointer (RFC 6901) into what was sent, and what may stand there. */
export interface FieldProblem {
  pointer: string;
  detail: string;
}

/** What a problem says beside its code and its sentence. */
export interface ProblemDetails {
  errors?: readonly FieldProblem[];
  /** The refused rule. */
  status?: RuleStatus;
  /** Headers of the answer. */
  headers?: Readonly<Record<string, string>>;
}

/** An error that the API answers as RFC 9457 has it, `application/problem+json`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  /** @param detail a sentence that says what to do. */
  constructor(code: ProblemCode, detail: string, details: ProblemDetails = {}) {
    super(detail);
    this.code = code;
    this.details = details;
  }

  /** The answer. */
  response(): Response {
    const [status, title] = KINDS[this.code];
    const { errors, status: rule, headers } = this.details;
    const body = {
      type: `urn:limpet:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      code: this.code,
      ...(errors && { errors }),
      ...(rule && { rule }),
    };
    return new Response(`${JSON.stringify(body)}\n`, {
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
    });
  }
}
