// user set-admin: grants a user the administrator role, which permits use of the management API.
import type { AuditEntry } from '#core/audit/audit.ts';
import type { Command } from '#cli/framework/command.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { answerWithUser, findUser } from './format-user.ts';

interface Needs {
  readonly audit: Audit;
  readonly db: Database;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
  readonly roles: RoleStore;
  readonly users: UserStore;
}

export const userSetAdmin: Command<Needs> = {
  name: 'user set-admin',
  summary: 'Make a user an administrator.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ audit, db, invalidation, now, roles, users }, { operand }) {
    const user = await findUser(users, operand);
    const isNew = await db.transaction(async (tx) => {
      const granted = await roles.grant(user.id, 'admin', now(), tx);
      if (granted) await audit.append(entryAbout(user.id), tx);
      return granted;
    });
    await invalidation.publish({ userId: user.id });
    return answerWithUser(
      await findUser(users, user.id),
      isNew ? 'The user is now an administrator.' : 'The user was already an administrator.',
    );
  },
};

function entryAbout(userId: string): AuditEntry {
  const actor = { kind: 'operator' } as const;
  return { event: 'role.granted', actor, userId, details: { role: 'admin' } };
}
