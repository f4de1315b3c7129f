// Locals for reauthentication: a full and a minimal set.
import type {
  ReauthenticationProblems,
  ReauthenticationView,
} from '#http/reauthentication/reauthentication-gate.ts';

export const fullReauthentication: ReauthenticationView = {
  action: '/auth/account/confirm',
  back: 'passkeys',
  asksForPassword: true,
  asksForCode: true,
  canBeTyped: true,
  isProven: false,
  passkey: {
    action: '/auth/account/confirm/passkey',
    optionsAction: '/auth/account/confirm/passkey/options',
  },
  providers: [
    {
      id: 'google',
      name: 'Google',
      action: '/auth/with/google',
      logo: { symbol: 'google' },
    },
  ],
};

export const shortReauthentication: ReauthenticationView = {
  action: '/auth/account/confirm',
  back: 'passkeys',
  asksForPassword: true,
  asksForCode: false,
  canBeTyped: true,
  isProven: false,
  providers: [],
};

/** Asked in the form of an action that always needs the password; the passkey replaces the code. */
export const typedReauthentication: ReauthenticationView = {
  ...fullReauthentication,
  providers: [],
};

/** After a reauthentication, or within minutes of a sign-in with two factors. */
export const provenReauthentication: ReauthenticationView = {
  ...shortReauthentication,
  asksForPassword: false,
  isProven: true,
};

export const fullReauthenticationProblems: ReauthenticationProblems = {
  password: 'problem.password.wrong',
  code: 'problem.factor.wrong',
  general: 'problem.passkey.refused',
};
