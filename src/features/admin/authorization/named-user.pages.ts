// The user whom an administrator names in a form.
import type { UserStore } from '#core/users/users.store.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import type { User } from '#core/users/users.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';

export function userField(form: Form | undefined) {
  return {
    name: 'user',
    label: 'User',
    type: 'text',
    isRequired: true,
    value: form?.get('user'),
    hint: 'The email address or the user ID.',
  } as const;
}

/** @throws AppError `invalid_input`, so that the form is shown again */
export async function findNamedUser(users: UserStore, form: Form): Promise<User> {
  const name = form.get('user').trim();
  const email = checkEmail(name);
  const user = email.ok ? await users.findByEmailKey(email.key) : await users.findById(name);
  if (user) return user;
  throw new AppError('invalid_input', 'There is no user with this email address or ID.');
}
