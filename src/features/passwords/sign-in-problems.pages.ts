// Messages for a refused password: on a sign-in page, and for reauthentication.
import type { MessageKey } from '#http/i18n/locales.ts';
import type { AttemptOutcome } from './sign-in-attempts.pages.ts';

type Reason = Extract<AttemptOutcome, { ok: false }>['reason'];

export const signInProblems = {
  wrong: 'sign-in.problem.wrong',
  blocked: 'sign-in.problem.refused',
  missing: 'sign-in.problem.missing',
  throttled: 'sign-in.problem.throttled',
} as const satisfies Record<Reason, MessageKey>;

/** The user is already identified, so only the password can be wrong. */
export const passwordAgainProblems = {
  ...signInProblems,
  wrong: 'problem.password.wrong',
  missing: 'problem.password.wrong',
} as const satisfies Record<Reason, MessageKey>;
