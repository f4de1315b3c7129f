// What a person has allowed an app, remembered beyond sessions. Apps of the operator need no yes.
import type { AuditEntry } from '#core/audit/audit.ts';
import { covers, noAccess, type AccessRequest } from './consents.ts';
import type { Client } from '#core/clients/clients.ts';
import type { User } from '#core/users/users.ts';
import type { ConsentStore } from './consents.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';

export interface ConsentDependencies {
  readonly consents: ConsentStore;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** What a person answered when an app asked. */
export interface ConsentDecision {
  readonly clientId: string;
  readonly userId: string;
  /** `undefined`: the person signs in only now. */
  readonly sessionUid: string | undefined;
  readonly access: AccessRequest;
}

export function createConsent({ consents, audit, now }: ConsentDependencies) {
  /** What of the request is allowed already; `undefined`: nothing ever was. */
  async function allowedTo(
    client: Client,
    userId: string,
    asked: AccessRequest,
  ): Promise<AccessRequest | undefined> {
    if (client.firstParty) return asked;
    const consent = await consents.find(userId, client.clientId);
    return consent && intersect(consent, asked);
  }

  return {
    allowedTo,
    /** True when the person must be asked, however much was allowed before. */
    async mustAsk(client: Client, userId: string, asked: AccessRequest): Promise<boolean> {
      // Nobody can tell which app on the device is calling (RFC 8252 8.6).
      if (client.metadata['application_type'] === 'native') return true;
      return !covers((await allowedTo(client, userId, asked)) ?? noAccess, asked);
    },
    /**
     * False: what the user was signed in to, or what clients may access, was ended or withdrawn since
     * the user was read.
     */
    async allow(decision: ConsentDecision, user: User): Promise<boolean> {
      const { clientId, userId, access } = decision;
      const entry = audit.record(entryAbout('consent.given', decision));
      const given = { userId, clientId, ...access };
      return (await consents.give(given, user, now(), entry)) !== undefined;
    },
    /** Remembered nowhere else: the app may ask again. */
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
  return { event, actor, userId, clientId, sessionUid, details: { ...access } };
}

function intersect(allowed: AccessRequest, asked: AccessRequest): AccessRequest {
  const resources = Object.entries(asked.resources).map(
    ([audience, scopes]) => [audience, common(scopes, allowed.resources[audience] ?? [])] as const,
  );
  return {
    scopes: common(asked.scopes, allowed.scopes),
    claims: common(asked.claims, allowed.claims),
    resources: Object.fromEntries(resources),
  };
}

function common(wanted: readonly string[], allowed: readonly string[]): readonly string[] {
  return wanted.filter((item) => allowed.includes(item));
}
