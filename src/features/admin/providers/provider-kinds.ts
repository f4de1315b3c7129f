// The kinds of identity providers that the panel knows: the settings that are the same for every client of a
// provider, and how to register the redirect URI there.
import type { Logo } from '#features/admin/page/rich-text.ts';

export interface ProviderKind {
  readonly label: string;
  readonly hint: string;
  readonly logo: Logo;
  /** Prefilled; part of the redirect URI. */
  readonly id: string;
  readonly name: string;
  /** `undefined`: the administrator types the issuer. */
  readonly issuer?: string;
  /** An issuer in which `{tenant}` stands for the id of a tenant. */
  readonly tenantIssuer?: string;
  /** Prefilled, if the administrator may type another one. */
  readonly usualIssuer?: string;
  readonly scopes?: readonly string[];
  readonly hasWorkspace?: boolean;
  /** The steps at the provider. */
  readonly steps: readonly string[];
  readonly clientIdLabel: string;
  readonly secretHint: string;
}

const usualSecret = 'Stored encrypted, and not shown again.';

export const providerKinds = {
  google: {
    label: 'Google',
    hint: 'Any Google account, or only those in one Google Workspace.',
    logo: { symbol: 'google' },
    id: 'google',
    name: 'Google',
    issuer: 'https://accounts.google.com',
    hasWorkspace: true,
    steps: [
      'Open console.cloud.google.com, and there APIs & Services, Credentials.',
      'Create credentials, OAuth client ID, of the type Web application.',
      'Add the redirect URI below under Authorized redirect URIs.',
      'Copy the client ID and the client secret into this form.',
    ],
    clientIdLabel: 'Client ID',
    secretHint: usualSecret,
  },
  microsoft: {
    label: 'Microsoft',
    hint: 'Work or school accounts from one Microsoft Entra tenant, or personal accounts.',
    logo: { symbol: 'microsoft' },
    id: 'microsoft',
    name: 'Microsoft',
    tenantIssuer: 'https://login.microsoftonline.com/{tenant}/v2.0',
    steps: [
      'Open entra.microsoft.com, and there App registrations, New registration.',
      'Choose the platform Web, and enter the redirect URI below.',
      'Under Certificates & secrets, add a client secret and copy its value, not its ID.',
      'Copy the application (client) ID and the directory (tenant) ID from the overview.',
    ],
    clientIdLabel: 'Application (client) ID',
    secretHint: `${usualSecret} It expires at Microsoft after at most two years.`,
  },
  apple: {
    label: 'Apple',
    hint: 'Apple accounts. Apple doesn’t share the email address, so users enter it once.',
    logo: { symbol: 'apple' },
    id: 'apple',
    name: 'Apple',
    issuer: 'https://appleid.apple.com',
    scopes: ['openid'],
    steps: [
      'Open developer.apple.com, and there Certificates, Identifiers & Profiles.',
      'Register a Services ID, enable Sign in with Apple, and add the redirect URI below.',
      'Register a key for Sign in with Apple, and sign a client secret (a JWT) with it.',
    ],
    clientIdLabel: 'Services ID',
    secretHint: `${usualSecret} The JWT is valid for six months at most; replace it before it expires.`,
  },
  gitlab: {
    label: 'GitLab',
    hint: 'Accounts on gitlab.com or a self-managed GitLab instance.',
    logo: { symbol: 'gitlab' },
    id: 'gitlab',
    name: 'GitLab',
    usualIssuer: 'https://gitlab.com',
    steps: [
      'In GitLab, open Applications in your profile’s or a group’s settings.',
      'Add an application with the redirect URI below and the scopes openid, profile and email.',
      'Copy the application ID and the secret into this form.',
    ],
    clientIdLabel: 'Application ID',
    secretHint: usualSecret,
  },
  openid: {
    label: 'OpenID Connect',
    hint: 'Any other provider: Keycloak, Okta, Auth0, Dex or another Ostiary server.',
    logo: { symbol: 'other' },
    id: 'sso',
    name: '',
    steps: [
      'Register a confidential client with the authorization code flow at the provider.',
      'Its redirect URI is the one below; the id at its end is the one that you choose here.',
      'Copy the client id, and the secret, into this form.',
    ],
    clientIdLabel: 'Client ID',
    secretHint: `${usualSecret} Leave empty to use a private key.`,
  },
} as const satisfies Readonly<Record<string, ProviderKind>>;

export type ProviderKindName = keyof typeof providerKinds;

/** They issue no ID tokens to web applications, so a broker is needed. */
export const brokeredKinds = {
  github: {
    label: 'GitHub',
    hint: 'Personal and work GitHub accounts.',
    logo: { symbol: 'github' },
  },
  facebook: {
    label: 'Facebook',
    hint: 'Anyone with a Facebook account.',
    logo: { symbol: 'facebook' },
  },
} as const satisfies Readonly<Record<string, Pick<ProviderKind, 'label' | 'hint' | 'logo'>>>;

export function findKind(name: string): ProviderKind | undefined {
  // True because it is a key of the object.
  return Object.hasOwn(providerKinds, name) ? providerKinds[name as ProviderKindName] : undefined;
}

/** The likely kind of an existing provider, for the instructions on its page. */
export function kindOfIssuer(issuer: string): ProviderKind {
  const host = URL.parse(issuer)?.hostname;
  const kinds: readonly ProviderKind[] = Object.values(providerKinds);
  const found = kinds.find((kind) => {
    const known = kind.issuer ?? kind.tenantIssuer ?? kind.usualIssuer;
    return known !== undefined && URL.parse(known)?.hostname === host;
  });
  return found ?? providerKinds.openid;
}
