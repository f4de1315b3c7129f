// "Sign in as this user": starts an impersonation in the browser of the administrator. It exists in the panel
// only, because the administrator must be signed in in the same browser (decision 0033).
import type { Impersonations } from '#core/impersonations/impersonations.service.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { ImpersonationCookie } from '#features/impersonation/impersonation-cookie.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';
import { AppError } from '#platform/errors.ts';
import type { RequestDeviceSlot } from '#platform/request/request-device.ts';
import { addUserAction, type UserActRequest } from './user-actions.pages.ts';

export interface UserImpersonationDependencies {
  readonly users: UserStore;
  readonly impersonations: Impersonations;
  readonly impersonationCookie: ImpersonationCookie;
  readonly browserAccounts: BrowserAccounts;
  readonly requestDevice: RequestDeviceSlot;
}

export function addUserImpersonation(
  panel: Panel,
  dependencies: UserImpersonationDependencies,
): void {
  const { users, impersonations } = dependencies;
  addUserAction(panel, users, {
    name: 'impersonate',
    title: ({ email }) => `Sign in as ${email}?`,
    lead: `You see what the user sees, for at most ${impersonations.minutes} minutes, and can change nothing about the account. The user is notified by email, and apps can see that it is you.`,
    submit: 'Sign in as this user',
    scope: 'users:impersonate',
    async act(user, request) {
      await start(dependencies, user, request);
      return { to: '/auth/account' };
    },
  });
}

async function start(
  dependencies: UserImpersonationDependencies,
  user: User,
  { ctx, visit, form }: UserActRequest,
): Promise<void> {
  const { impersonations, impersonationCookie, browserAccounts, requestDevice } = dependencies;
  const own = await browserAccounts.active(ctx);
  const device = requestDevice.get()?.readId();
  if (own?.userId !== visit.user.id || device === undefined) {
    const message = 'You are not signed in with your own account in this browser. Sign in again.';
    throw new AppError('conflict', message);
  }
  const { id, sessionId } = await impersonations.start({
    administratorId: visit.user.id,
    administratorSessionUid: own.uid,
    userId: user.id,
    reason: form.get('reason').trim(),
    device,
  });
  await browserAccounts.parkFor(ctx, sessionId);
  impersonationCookie.set(ctx, id);
}
