// Imports that break the rules of architecture.test.ts today, each with its reason. The lists may only
// become shorter; a test fails on an exception that is no longer needed.

export interface Exception {
  /** Prefixes of paths. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Imports against the layers or from below into a feature. This list may only become shorter. */
export const importExceptions: readonly Exception[] = [
  {
    from: 'src/core/sessions/',
    to: 'src/features/unrecognized-devices/',
    reason: 'A session and its device are saved by one statement; the feature has to register it.',
  },
  {
    from: 'src/oidc/',
    to: 'src/features/custom-attributes/',
    reason: 'Custom attributes add claims and scopes; the feature has to register them.',
  },
  {
    from: 'src/http/rendering/views/view-types.ts',
    to: 'src/features/custom-attributes/',
    reason: 'The locals of every view are one type until each stands beside its page.',
  },
  {
    from: 'src/http/',
    to: 'src/features/passwords/sign-in-throttle.service.ts',
    reason: '`networkOf` is kept there; it belongs to platform/request.',
  },
  {
    from: 'src/cli/framework/context.ts',
    to: 'src/server/composition/',
    reason: 'A command is given the whole container until commands name their dependencies.',
  },
  {
    from: 'src/features/user-import/commands/',
    to: 'src/cli/',
    reason: 'An import chooses by itself whether it runs here or inside the server.',
  },
];

/** Imports that would close a cycle of features. This list may only become shorter. */
export const cycleExceptions: readonly Exception[] = [
  {
    from: 'src/features/mfa/',
    to: 'src/features/reauthentication/',
    reason: 'The page of the authenticator app asks for reauthentication by itself.',
  },
  {
    from: 'src/features/passkeys/',
    to: 'src/features/reauthentication/',
    reason: 'The page of the passkeys asks for reauthentication by itself.',
  },
  {
    from: 'src/features/federation/',
    to: 'src/features/reauthentication/',
    reason: 'Linking an account asks for reauthentication, which an identity provider can answer.',
  },
  {
    from: 'src/features/email-verification/',
    to: 'src/features/reauthentication/',
    reason: 'The page of an email change asks for reauthentication by itself.',
  },
  {
    from: 'src/features/email-verification/',
    to: 'src/features/account-deletion/',
    reason: 'Reverting an email change cancels a deletion; that is to be registered.',
  },
  {
    from: 'src/features/mfa/',
    to: 'src/features/passkeys/',
    reason: 'The second step shows the passkey button; the passkeys have to register it.',
  },
  {
    from: 'src/features/email-tokens/',
    to: 'src/features/federation/',
    reason: 'A verified registration links the external identity that it began with.',
  },
];
