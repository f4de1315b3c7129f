// External identities: the stored data, and the rule that protects the last sign-in method. Issuer
// and subject alone identify the user (OIDC Core §5.7), because an email address can be reassigned.
import type { SignInMethods } from '#features/passkeys/passkeys.ts';

export interface Identity {
  readonly id: string;
  readonly userId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly providerId: string;
  /** The address in the latest claims of the provider. */
  readonly email: string | undefined;
  readonly linkedAt: Date;
  readonly lastUsedAt: Date | undefined;
}

export const maxIdentities = 10;

/** @param works false if the provider is no longer configured and so cannot be used to sign in */
export function mayUnlink(
  { passkeys, hasPassword, identities }: SignInMethods,
  works: boolean,
): boolean {
  return !works || hasPassword || passkeys > 0 || identities > 1;
}

/** As the management API and the command line show it. */
export function presentIdentity(found: Identity) {
  return {
    id: found.id,
    provider: found.providerId,
    issuer: found.issuer,
    subject: found.subject,
    email: found.email ?? null,
    linked_at: found.linkedAt.toISOString(),
    last_used_at: found.lastUsedAt?.toISOString() ?? null,
  };
}
