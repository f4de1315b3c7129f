// The special rules for the session of an impersonation: every token names the administrator as the actor
// (RFC 8693 §4.1) and ends with the session at the latest, and no consent is given (docs/decisions/0033).
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { ProviderClient, SubjectIdentifiers } from '#oidc/security/subject-identifiers.ts';

export interface ImpersonationLimitDependencies {
  readonly facts: RequestFacts;
  readonly subjects: SubjectIdentifiers;
  readonly now: () => Date;
}

export function createImpersonationLimits({
  facts,
  subjects,
  now,
}: ImpersonationLimitDependencies) {
  return {
    /** True if this request uses such a session, by its cookie or a token. */
    isActive: (): boolean => facts.impersonation() !== undefined,
    /** Shortens a lifetime in seconds to the rest of the impersonation. */
    limit(seconds: number): number {
      const endsAt = facts.impersonation()?.endsAt;
      if (endsAt === undefined) return seconds;
      const rest = Math.floor((endsAt.getTime() - now().getTime()) / 1000);
      return Math.max(1, Math.min(seconds, rest));
    },
    /** The claim that names the actor to the client, for claims about this user. */
    async actorClaim(
      userId: string,
      client: ProviderClient | undefined,
    ): Promise<{ readonly act?: { readonly sub: string } }> {
      const impersonation = facts.impersonation();
      if (impersonation?.userId !== userId) return {};
      const { administratorId } = impersonation;
      const sub = client ? await subjects.of(client, administratorId) : administratorId;
      return { act: { sub } };
    },
  };
}

export type ImpersonationLimits = ReturnType<typeof createImpersonationLimits>;
