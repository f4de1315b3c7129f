// What people are told when a password was not taken: on a sign-in page, and where it is asked for
// once more.
import type { MessageKey } from '#http/i18n/locales.ts';
import type { AttemptOutcome } from './sign-in-attempts.pages.ts';

type Reason = Extract<AttemptOutcome, { ok: false }>['reason'];

export const signInProblems = {
  wrong: 'sign-in.problem.wrong',
  blocked: 'sign-in.problem.refused',
  missing: 'sign-in.problem.missing',
  throttled: 'sign-in.problem.throttled',
} as const satisfies Record<Reason, MessageKey>;

/** Who it is is known: only the password can be wrong. */
export const passwordAgainProblems = {
  ...signInProblems,
  wrong: 'problem.password.wrong',
  missing: 'problem.password.wrong',
} as const satisfies Record<Reason, MessageKey>;
