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
