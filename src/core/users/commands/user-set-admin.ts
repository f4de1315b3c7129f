// user set-admin: grants a user the administrator role, which permits use of the management API.
import type { AuditEntry } from '#core/audit/audit.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithUser, findUser } from './format-user.ts';

export const userSetAdmin: DataCommand = {
  name: 'user set-admin',
  summary: 'Make a user an administrator.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { db, stores, services, now } }, { operand }) {
    const user = await findUser(stores.users, operand);
    const isNew = await db.transaction(async (tx) => {
      const granted = await stores.roles.grant(user.id, 'admin', now(), tx);
      if (granted) await services.audit.append(entryAbout(user.id), tx);
      return granted;
    });
    await services.invalidation.publish({ userId: user.id });
    return answerWithUser(
      await findUser(stores.users, user.id),
      isNew ? 'The user is now an administrator.' : 'The user was already an administrator.',
    );
  },
};

function entryAbout(userId: string): AuditEntry {
  const actor = { kind: 'operator' } as const;
  return { event: 'role.granted', actor, userId, details: { role: 'admin' } };
}
