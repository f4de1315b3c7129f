// Management API for the audit log: search, and export as JSON lines.
import { z } from 'zod';
import { auditEvents } from './audit.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { jsonLines, jsonObject, pageOf, timestamp } from '#http/api/responses.ts';
import { clientId, instant, pageMembers, uuid } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { AuditSearch } from './audit-search.service.ts';
import { presentEvent } from './present-event.api.ts';

export interface AuditRouteDependencies {
  readonly auditSearch: AuditSearch;
  readonly cursors: Cursors;
}

const about = {
  user_id: uuid.optional().describe('a UUID'),
  event: z.enum(auditEvents).optional().describe('the name of an audit event'),
  from: instant.optional().describe('a date and time like 2026-05-04T12:00:00Z'),
  to: instant.optional().describe('a date and time like 2026-05-04T12:00:00Z'),
};
const search = z.strictObject({
  ...about,
  client_id: clientId.optional().describe('up to 255 printable ASCII characters'),
  ...pageMembers,
});

/** Members of an event in both routes. */
const eventMembers = {
  id: z.string(),
  event: z.enum(auditEvents),
  user_id: z.string().nullable(),
  client_id: z.string().nullable(),
  session_uid: z.string().nullable(),
  request_id: z.string().nullable(),
  details: jsonObject,
  personal: jsonObject.nullable(),
};

const event = z.strictObject({
  ...eventMembers,
  at: timestamp,
  actor: z.strictObject({ kind: z.string(), id: z.string().nullable() }),
  seq: z.int().nullable(),
});

const exportedEvent = z.strictObject({
  ...eventMembers,
  /** The time in the form in which it is hashed. */
  at: z.string(),
  actor_kind: z.string(),
  actor_id: z.string().nullable(),
  seq: z.int(),
  personal_digest: z.string().nullable(),
  previous_hash: z.string().nullable(),
  hash: z.string().nullable(),
});

const exportedHead = z.strictObject({
  head: z
    .strictObject({ seq: z.int(), hash: z.string(), signed_at: timestamp, jws: z.string() })
    .nullable(),
});

export function auditRoutes(dependencies: AuditRouteDependencies): readonly Route[] {
  return [searchAudit(dependencies), exportAudit(dependencies)];
}

function searchAudit({ auditSearch, cursors }: AuditRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/audit',
    scopes: ['audit:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Search the audit log, most recent first.',
    params: {},
    query: search,
    responses: { 200: pageOf(event) },
    async handle({ query, list }) {
      const { user_id: userId, client_id: client, event: name, from, to } = query;
      const filter = { userId, clientId: client, event: name, from, to };
      const found = await auditSearch.search(filter, cursors.pageOf(list, query));
      return cursors.present(list, found, presentEvent);
    },
  });
}

function exportAudit({ auditSearch }: AuditRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/audit/export',
    scopes: ['audit:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Export the audit log as JSON lines, oldest first, with its newest signed head.',
    params: {},
    query: z.strictObject(about),
    responses: { 200: jsonLines(z.union([exportedEvent, exportedHead])) },
    async handle({ query: { user_id: userId, event: name, from, to } }) {
      return auditSearch.export({ userId, event: name, from, to, withPersonal: true });
    },
  });
}
