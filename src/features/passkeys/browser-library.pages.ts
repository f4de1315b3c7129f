// Path of the SimpleWebAuthn browser bundle, which public/passkeys.js uses.
import { fileURLToPath } from 'node:url';

// The package exports only its modules; the browser bundle is in the same package.
export const passkeyLibrary = fileURLToPath(
  new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser')),
);
