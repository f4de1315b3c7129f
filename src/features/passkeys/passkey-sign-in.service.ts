// Authenticates a user with a passkey: as the complete sign-in, as second factor, or for
// reauthentication. A signature counter that does not increase indicates a cloned authenticator.
import { hasGoneOn, type Passkey } from './passkeys.ts';
import type { ProvenCredential } from '#core/sessions/authentication.ts';
import type { SignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import { passkeyClonedMail } from './mails/passkey-mail-templates.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PasskeyStore } from './passkeys.store.ts';
import { readAssertion, type Assertion, type ReadAnswer } from './webauthn/responses.ts';
import type { PasskeyChallenges, PasskeyStep } from './passkey-challenges.service.ts';
import type { WebAuthn } from './webauthn/webauthn.ts';

export interface PasskeySignInDependencies {
  readonly db: Database;
  readonly store: PasskeyStore;
  readonly users: UserStore;
  readonly challenges: PasskeyChallenges;
  readonly webauthn: WebAuthn;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly signIns: SignInCounter;
  readonly now: () => Date;
}

export type PasskeyFault = 'refused' | 'unknown' | 'cloned' | 'blocked';
export type PasskeyOutcome =
  | (ProvenCredential & { readonly ok: true; readonly synced: boolean })
  | { readonly ok: false; readonly reason: PasskeyFault };

const anonymous = { kind: 'anonymous' } as const;

export function createPasskeySignIn(dependencies: PasskeySignInDependencies) {
  const { db, store, users, challenges, webauthn, audit, notifications, now } = dependencies;
  const { signIns } = dependencies;

  async function refuse(
    reason: PasskeyFault,
    { userId }: Passkey,
    { purpose }: PasskeyStep,
  ): Promise<PasskeyOutcome> {
    signIns.add({ outcome: 'refused', method: 'passkey' });
    const details = { reason: reason === 'blocked' ? 'blocked' : 'passkey', purpose };
    await audit.append({ event: 'sign_in.refused', actor: anonymous, userId, details });
    return { ok: false, reason };
  }

  async function tokenReuse({ userId, name }: Passkey, before: number, count: number) {
    await db.transaction(async (tx) => {
      const details = { before, count };
      await audit.append({ event: 'passkey.cloned', actor: anonymous, userId, details }, tx);
      const mail = passkeyClonedMail({ passkey: name });
      await notifications.notifyOfAct(userId, mail, { by: anonymous, tx });
    });
    return { ok: false, reason: 'cloned' } as const;
  }

  /** If the user is not identified yet, the response must contain a user handle (WebAuthn §7.2). */
  async function isOwner(passkey: Passkey, { answer }: ReadAnswer<Assertion>, known: boolean) {
    const { userHandle } = answer.response;
    if (!userHandle) return known;
    return (await store.handleOf(passkey.userId))?.toString('base64url') === userHandle;
  }

  return {
    /** @param userId of a user who is already identified */
    async options(step: PasskeyStep, userId?: string) {
      const known = userId === undefined ? [] : await store.list(userId);
      return webauthn.authenticationOptions(await challenges.make(step), known);
    },
    /** @param userId whose passkey it has to be; `undefined`: the passkey identifies the user */
    async check(text: string, step: PasskeyStep, userId?: string): Promise<PasskeyOutcome> {
      const read = readAssertion(text);
      if (!read) return { ok: false, reason: 'refused' };
      const { challenge } = read.clientData;
      if (!(await challenges.take(challenge, step))) return { ok: false, reason: 'refused' };
      const at = now();
      const passkey = await store.find(read.answer.id);
      if (!passkey) return { ok: false, reason: 'unknown' };
      // Read before verification: a revocation in the meantime also ends this sign-in.
      const user = await users.findById(passkey.userId);
      const proven = await webauthn.verifyAssertion(read, challenge, passkey);
      const isTheirs =
        (userId === undefined || userId === passkey.userId) &&
        (await isOwner(passkey, read, userId !== undefined));
      if (!proven || !isTheirs) return refuse('refused', passkey, step);
      const { signCount, backedUp } = proven;
      if (!user || isBlocked(user, at)) return refuse('blocked', passkey, step);
      const isNext =
        hasGoneOn(passkey.signCount, signCount) &&
        (await store.use(passkey.id, signCount, backedUp, now()));
      if (!isNext) return tokenReuse(passkey, passkey.signCount, signCount);
      return { ok: true, user, at, synced: passkey.deviceType === 'multiDevice' };
    },
  };
}

export type PasskeySignIn = ReturnType<typeof createPasskeySignIn>;
