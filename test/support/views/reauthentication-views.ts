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

export const fullReauthenticationProblems: ReauthenticationProblems = {
  password: 'problem.password.wrong',
  code: 'problem.factor.wrong',
  general: 'problem.passkey.refused',
};
