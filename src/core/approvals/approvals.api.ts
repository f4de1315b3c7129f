// Management API for approvals: list, show, approve and reject.
import { z } from 'zod';
import { approvalActs } from '#config/kinds/approval-acts.ts';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageMembers } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { uuidPattern } from '#platform/uuid.ts';
import { approvalStates, presentApproval } from './approvals.ts';
import type { Approvals } from './approvals.service.ts';

export interface ApprovalRouteDependencies {
  readonly approvals: Approvals;
  readonly cursors: Cursors;
}

const approvalId: PathParameter = {
  pattern: uuidPattern,
  notFound: { code: 'not_found', message: 'Approval not found.' },
};

const party = z.strictObject({
  kind: z.enum(['user', 'client', 'operator', 'system', 'anonymous']),
  id: z.string().nullable(),
});

const shownApproval = z.strictObject({
  id: z.string(),
  act: z.enum(approvalActs),
  target: z.strictObject({ user_id: z.string() }).nullable(),
  requested_by: party,
  reason: z.string().nullable(),
  state: z.enum(approvalStates),
  created_at: timestamp,
  expires_at: timestamp,
  decided_by: party.nullable(),
  decided_at: timestamp.nullable(),
  refusal: z.string().nullable(),
});

/** The response 202 of an act that waits for a second administrator. */
export const waiting = z.strictObject({ approval: shownApproval });

const rateLimit = unlimited('authenticatedCaller');

export function approvalRoutes(dependencies: ApprovalRouteDependencies): readonly Route[] {
  return [
    listApprovals(dependencies),
    showApproval(dependencies),
    approve(dependencies),
    reject(dependencies),
  ];
}

function listApprovals({ approvals, cursors }: ApprovalRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/approvals',
    scopes: ['approvals:read'],
    rateLimit,
    summary: 'List the acts that wait, or waited, for a second administrator; most recent first.',
    params: {},
    query: z.strictObject({
      state: z
        .enum(approvalStates)
        .optional()
        .describe(`one of ${approvalStates.join(', ')}`),
      ...pageMembers,
    }),
    responses: { 200: pageOf(shownApproval) },
    async handle({ query, list }) {
      const found = await approvals.list(query.state, cursors.pageOf(list, query));
      return cursors.present(list, found, presentApproval);
    },
  });
}

function showApproval({ approvals }: ApprovalRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/approvals/{approvalId}',
    scopes: ['approvals:read'],
    rateLimit,
    summary: 'Show an act that waits, or waited, for a second administrator.',
    params: { approvalId },
    responses: { 200: shownApproval, 404: problem('not_found') },
    handle: async ({ params }) => presentApproval(await approvals.find(params.approvalId)),
  });
}

const refusals = {
  403: problem('forbidden'),
  404: problem('not_found'),
  409: problem('conflict'),
} as const;

function approve({ approvals }: ApprovalRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/approvals/{approvalId}/approve',
    scopes: ['approvals:write'],
    rateLimit,
    summary: 'Approve the act of another administrator, which is then performed.',
    params: { approvalId },
    responses: { 200: shownApproval, ...refusals },
    handle: async ({ params, caller }) =>
      presentApproval(await approvals.approve(params.approvalId, caller.actor)),
  });
}

function reject({ approvals }: ApprovalRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/approvals/{approvalId}/reject',
    scopes: ['approvals:write'],
    rateLimit,
    summary: 'Reject the act of another administrator, or withdraw your own request.',
    params: { approvalId },
    responses: { 200: shownApproval, ...refusals },
    handle: async ({ params, caller }) =>
      presentApproval(await approvals.reject(params.approvalId, caller.actor)),
  });
}
