// Where the library lies that our script for passkeys asks the browser with.
import { fileURLToPath } from 'node:url';

// The package names its modules only; the script for browsers lies beside them.
export const passkeyLibrary = fileURLToPath(
  new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser')),
);
