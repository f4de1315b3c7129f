// Prints a user, and finds the user named on the command line.
import { AppError } from '#platform/errors.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Answer } from '#cli/framework/command.ts';
import { describeValues } from '#cli/framework/columns.ts';

/** `id` is the OpenID Connect `sub`; claims are spelled as on the wire. */
export function presentUser(user: User) {
  return {
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    claims: user.claims,
    roles: user.roles,
    blocked_at: user.blockedAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  };
}

/** `sentence` describes the outcome; without it only the user is printed. */
export function answerWithUser(user: User, sentence?: string): Answer {
  const document = presentUser(user);
  const { claims, ...shown } = document;
  const text = describeValues({ ...shown, ...claims });
  return { document, text: sentence === undefined ? text : `${sentence}\n\n${text}` };
}

/** @throws AppError `user_not_found` */
export async function findUser(users: UserStore, name: string): Promise<User> {
  const email = checkEmail(name);
  const user = email.ok ? await users.findByEmailKey(email.key) : await users.findById(name);
  if (user) return user;
  throw new AppError('user_not_found', 'There is no account with this email address or id.');
}
