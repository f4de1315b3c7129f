// The application twice, as in two-ways.ts, with an error that no code expects.
import type { TestApp } from '#test/support/app.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { openTwoWays } from './two-ways.ts';

export async function openBreakableWays(t: CleanUp, app: TestApp) {
  let isBroken = false;
  const { subjectStatus } = app.services;
  const broken: typeof subjectStatus = {
    ...subjectStatus,
    isActive(subjects, client, issuedAt) {
      if (isBroken && subjects.user) throw new TypeError('broken');
      return subjectStatus.isActive(subjects, client, issuedAt);
    },
  };
  const ways = await openTwoWays(t, app, { servicesOf: () => ({ subjectStatus: broken }) });
  return {
    ...ways,
    /** From now on, the check whether a user is active fails. */
    breakNow(): void {
      isBroken = true;
    },
  };
}
