// user set-admin: gives a person the role that opens the operators' doors.
import type { AuditEntry } from '#core/audit/audit.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithUser, findUser } from './format-user.ts';

export const userSetAdmin: DataCommand = {
  name: 'user set-admin',
  summary: 'Make a person an administrator.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { db, stores, services, now } }, { operand }) {
    const user = await findUser(stores.users, operand);
    const isNew = await db.transaction(async (tx) => {
      const granted = await stores.roles.grant(user.id, 'admin', now(), tx);
      if (granted) await services.audit.append(entryAbout(user.id), tx);
      return granted;
    });
    await services.changes.announce({ userId: user.id });
    return answerWithUser(
      await findUser(stores.users, user.id),
      isNew ? 'This person is an administrator now.' : 'This person was an administrator already.',
    );
  },
};

function entryAbout(userId: string): AuditEntry {
  const actor = { kind: 'operator' } as const;
  return { event: 'role.granted', actor, userId, details: { role: 'admin' } };
}
