// The versions of all relying parties and their dependencies. The versions of Debian packages are
// those of the system.

export const versions = {
  'openid-client': '6.9.0',
  oauth4webapi: '3.8.8',
  'oidc-client-ts': '3.5.0',
  '@auth/core': '0.41.3',
  'passport-openidconnect': '0.1.2',
  passport: '0.7.0',
  express: '5.1.0',
  'express-session': '1.18.2',
  jose: '6.2.18',
  Authlib: '1.9.10',
  Flask: '3.1.2',
  requests: '2.32.5',
  PyJWT: '2.15.1',
  joserfc: '1.8.0',
  cryptography: '46.0.3',
  'github.com/coreos/go-oidc/v3': 'v3.21.0',
  'golang.org/x/oauth2': 'v0.36.0',
  'github.com/oauth2-proxy/oauth2-proxy/v7': 'v7.15.6',
  'spring-boot': '4.0.0',
} as const;

export type Pinned = keyof typeof versions;

/** Arguments for `npm install`. */
export function npmPackages(...names: readonly Pinned[]): readonly string[] {
  return names.map((name) => `${name}@${versions[name]}`);
}

/** Arguments for `pip install`. */
export function pythonPackages(...names: readonly Pinned[]): readonly string[] {
  return names.map((name) => `${name}==${versions[name]}`);
}
