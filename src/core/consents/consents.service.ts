// Consent of users to clients, remembered beyond sessions. First-party clients need no consent.
import type { Knex } from 'knex';
import type { AuditEntry } from '#core/audit/audit.ts';
import { covers, detailsOrNone, noAccess, type AccessRequest } from './consents.ts';
import type { Client } from '#core/clients/clients.ts';
import type { User } from '#core/users/users.ts';
import type { ConsentStore } from './consents.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';

export interface ConsentDependencies {
  readonly consents: ConsentStore;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** The user's answer to a consent prompt. */
export interface ConsentDecision {
  readonly clientId: string;
  readonly userId: string;
  /** `undefined` when the user is only now signing in. */
  readonly sessionUid: string | undefined;
  readonly access: AccessRequest;
}

export function createConsent({ consents, audit, now }: ConsentDependencies) {
  /** The part of the request that is already allowed; `undefined` when there is no consent. */
  async function allowedTo(
    client: Client,
    userId: string,
    requested: AccessRequest,
  ): Promise<AccessRequest | undefined> {
    if (client.firstParty) return requested;
    const consent = await consents.find(userId, client.clientId);
    return consent && intersect(consent, requested);
  }

  return {
    allowedTo,
    /**
     * True if consent must be requested even if everything was allowed before.
     * @param isInApp true if the user signed in to the app itself, not on a page for it
     */
    async mustAsk(
      client: Client,
      userId: string,
      requested: AccessRequest,
      isInApp = false,
    ): Promise<boolean> {
      // The client instance on the device cannot be authenticated (RFC 8252 §8.6).
      if (client.metadata['application_type'] === 'native' && !isInApp) return true;
      // The owner of the URL can change the client at any time.
      if (client.origin === 'document') return true;
      return !covers((await allowedTo(client, userId, requested)) ?? noAccess, requested);
    },
    /**
     * Returns false when the user's sign-in or a client's access was revoked since the user was
     * read.
     */
    async allow(decision: ConsentDecision, user: User, tx?: Knex): Promise<boolean> {
      const { clientId, userId, access } = decision;
      const entry = audit.record(entryAbout('consent.given', decision));
      const given = { userId, clientId, ...access };
      return (await consents.give(given, user, now(), entry, tx)) !== undefined;
    },
    /** A refusal is not remembered: the client may ask again. */
    async refuse(decision: ConsentDecision): Promise<void> {
      await audit.append(entryAbout('consent.refused', decision));
    },
  };
}

export type ConsentService = ReturnType<typeof createConsent>;

function entryAbout(
  event: 'consent.given' | 'consent.refused',
  { clientId, userId, sessionUid, access }: ConsentDecision,
): AuditEntry {
  const actor = { kind: 'user', id: userId } as const;
  // The details themselves may be personal data, such as the payee of a payment.
  const { details = [], ...rest } = access;
  const types = [...new Set(details.map((detail) => Object(JSON.parse(detail))['type']))];
  const about = { ...rest, ...(types.length > 0 ? { authorization_details_types: types } : {}) };
  return { event, actor, userId, clientId, sessionUid, details: about };
}

function intersect(allowed: AccessRequest, requested: AccessRequest): AccessRequest {
  const resources = Object.entries(requested.resources).map(
    ([audience, scopes]) => [audience, common(scopes, allowed.resources[audience] ?? [])] as const,
  );
  return {
    scopes: common(requested.scopes, allowed.scopes),
    claims: common(requested.claims, allowed.claims),
    resources: Object.fromEntries(resources),
    ...detailsOrNone(common(requested.details ?? [], allowed.details ?? [])),
  };
}

function common(wanted: readonly string[], allowed: readonly string[]): readonly string[] {
  return wanted.filter((item) => allowed.includes(item));
}
