// Imports that currently violate the rules of source-structure.test.ts, each with its reason. The
// lists may only become shorter; a test fails for an exception that is no longer needed.

export interface Exception {
  /** Path prefixes. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/**
 * Imports against the layers, or from a lower layer into a feature. This list may only become
 * shorter.
 */
export const importExceptions: readonly Exception[] = [
  {
    from: 'src/features/user-import/commands/',
    to: 'src/cli/',
    reason: 'An import selects by itself whether it runs here or inside the server.',
  },
];

/** Imports that would close a cycle between features. This list may only become shorter. */
export const cycleExceptions: readonly Exception[] = [
  {
    from: 'src/features/mfa/',
    to: 'src/features/reauthentication/',
    reason: 'The page of the authenticator app requests reauthentication directly.',
  },
  {
    from: 'src/features/passkeys/',
    to: 'src/features/reauthentication/',
    reason: 'The passkeys page requests reauthentication directly.',
  },
  {
    from: 'src/features/federation/',
    to: 'src/features/reauthentication/',
    reason: 'Linking an account requests reauthentication, which an identity provider can perform.',
  },
  {
    from: 'src/features/email-verification/',
    to: 'src/features/reauthentication/',
    reason: 'The page of an email change requests reauthentication directly.',
  },
  {
    from: 'src/features/mfa/',
    to: 'src/features/passkeys/',
    reason: 'The second factor page shows the passkey button; passkeys should register it.',
  },
];
