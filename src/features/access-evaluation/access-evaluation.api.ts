// The decision endpoints for resource servers (OpenID AuthZEN Authorization API 1.0 §6 and §7).
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { jsonObject } from '#http/api/responses.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Question } from './access-evaluation.ts';
import type { AccessEvaluation } from './access-evaluation.service.ts';

export interface AccessEvaluationRouteDependencies {
  readonly accessEvaluation: AccessEvaluation;
}

const maxQuestions = 100;

const text = z.string().min(1).max(2000);
const properties = jsonObject.optional();

const subject = z
  .object({ type: text, id: text, properties })
  .describe('an object with type and id: the subject');
const action = z.object({ name: text, properties }).describe('an object with name: the action');
const resource = z
  .object({ type: text, id: text, properties })
  .describe('an object with type and id: the resource');
const context = jsonObject.describe('an object: client_id and organization narrow the question');

const decision = z.strictObject({ decision: z.boolean() });

const question = z.object({ subject, action, resource, context: context.optional() });

const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;

const questions = z.object({
  ...question.partial().shape,
  evaluations: z.array(question.partial()).min(1).max(maxQuestions).describe('a list of questions'),
  options: z.object({ evaluations_semantic: z.enum(semantics).optional() }).optional(),
});

const rateLimit = unlimited('authenticatedCaller');

export function accessEvaluationRoutes(
  dependencies: AccessEvaluationRouteDependencies,
): readonly Route[] {
  return [evaluate(dependencies), evaluateAll(dependencies)];
}

function evaluate({ accessEvaluation }: AccessEvaluationRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/access/evaluation',
    scopes: ['access:evaluate'],
    rateLimit,
    summary: 'Decide whether a subject may do an action on a resource.',
    params: {},
    body: question,
    responses: { 200: decision },
    handle: async ({ body }) => ({ decision: await accessEvaluation.start().decide(body) }),
  });
}

function evaluateAll({ accessEvaluation }: AccessEvaluationRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/access/evaluations',
    scopes: ['access:evaluate'],
    rateLimit,
    summary: 'Decide several questions; members outside of the list are defaults of each.',
    params: {},
    body: questions,
    responses: { 200: z.strictObject({ evaluations: z.array(decision) }) },
    async handle({ body }) {
      const { evaluations, options, ...defaults } = body;
      const all = evaluations.map((each) => complete({ ...defaults, ...each }));
      const stop = stopsAt[options?.evaluations_semantic ?? 'execute_all'];
      const run = accessEvaluation.start();
      const decisions: { decision: boolean }[] = [];
      for (const each of all) {
        const decided = await run.decide(each);
        decisions.push({ decision: decided });
        if (decided === stop) break;
      }
      return { evaluations: decisions };
    },
  });
}

type Incomplete = { readonly [Member in keyof Question]?: Question[Member] | undefined };

/** The decision after which the remaining questions are not evaluated. */
const stopsAt = {
  execute_all: undefined,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
} as const;

/** @throws AppError `invalid_input` if a question lacks a member that no default supplies */
function complete(given: Incomplete): Question {
  const { subject: who, action: what, resource: which } = given;
  if (who && what && which) {
    return { subject: who, action: what, resource: which, context: given.context };
  }
  const message = 'Each evaluation needs subject, action and resource.';
  throw new AppError('invalid_input', message);
}
