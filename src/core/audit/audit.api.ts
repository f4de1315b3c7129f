// Management API for the audit log: search, and export as JSON lines.
import { z } from 'zod';
import { auditEvents } from './audit.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { clientId, instant, nothing, pageMembers, uuid } from '#http/api/schemas.ts';
import type { AuditSearch } from './audit-search.service.ts';
import type { FoundAuditEvent } from './audit-search.store.ts';

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

export function auditRoutes({ auditSearch, cursors }: AuditRouteDependencies): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: 'audit',
      scopes: ['audit:read'],
      summary: 'Search the audit log, most recent first.',
      query: search,
      body: nothing,
      async handle({ query, list }) {
        const { user_id: userId, client_id: client, event, from, to } = query;
        const filter = { userId, clientId: client, event, from, to };
        const found = await auditSearch.search(filter, cursors.pageOf(list, query));
        return cursors.present(list, found, presentEvent);
      },
    }),
    defineRoute({
      method: 'GET',
      path: 'audit/export',
      scopes: ['audit:read'],
      summary: 'Export the audit log as JSON lines, oldest first, with its newest signed head.',
      query: z.strictObject(about),
      body: nothing,
      async handle({ query: { user_id: userId, event, from, to } }) {
        return auditSearch.export({ userId, event, from, to, withPersonal: true });
      },
    }),
  ];
}

function presentEvent(found: FoundAuditEvent) {
  const { salt: _, ...personal } = found.personal ?? {};
  return {
    id: found.id,
    at: found.at.toISOString(),
    event: found.event,
    actor: { kind: found.actorKind, id: found.actorId ?? null },
    user_id: found.userId ?? null,
    client_id: found.clientId ?? null,
    session_uid: found.sessionUid ?? null,
    request_id: found.requestId ?? null,
    details: found.details,
    personal: found.personal ? personal : null,
    seq: found.seq ?? null,
  };
}
