// The user of an interaction, if still active.
import { continueSignIn, type CompleteSignIn } from '#core/sessions/authentication.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { User } from '#core/users/users.ts';
import { sessionOf, type OpenInteraction } from './open-interaction.ts';
import { versionIn } from './security-version.ts';

export interface InteractionAccountDependencies {
  readonly subjectStatus: SubjectStatusService;
  readonly now: () => Date;
}

/** Returns `undefined` also if the user's session or sign-in was revoked in the meantime. */
export async function findAccount(
  { subjectStatus, now }: InteractionAccountDependencies,
  open: OpenInteraction,
): Promise<User | undefined> {
  const { accountId, providerInteraction } = open;
  if (accountId === undefined) return undefined;
  const login = providerInteraction.result?.login;
  const sessionUid = login ? undefined : sessionOf(open, accountId);
  const context = await subjectStatus.load({ userId: accountId, grantId: undefined, sessionUid });
  const { user, session } = context;
  if (sessionUid !== undefined && session?.userId !== accountId) return undefined;
  if (login && versionIn(login) !== user?.securityVersion) return undefined;
  // The security version has proven that a sign-in of this interaction is still valid.
  const since = login ? now() : (session?.signedInAt ?? new Date(providerInteraction.iat * 1000));
  return user && subjectStatus.isActive(context, null, since) ? user : undefined;
}

/**
 * The sign-in of this interaction, or `undefined` if there was none or the user is no longer active.
 */
export async function findSignIn(
  dependencies: InteractionAccountDependencies,
  open: OpenInteraction,
): Promise<CompleteSignIn | undefined> {
  const { acr, amr = [], ts } = open.providerInteraction.result?.login ?? {};
  if (acr === undefined || ts === undefined) return undefined;
  const user = await findAccount(dependencies, open);
  return user && continueSignIn(user, { acr, amr, at: new Date(ts * 1000) });
}
