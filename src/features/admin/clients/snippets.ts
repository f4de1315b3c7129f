// Ready configuration for common frameworks, shown when a client is registered. The secret is never
// part of it: applications read it from their environment.

export interface SnippetFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
}

export interface Snippet {
  readonly title: string;
  readonly text: string;
}

interface Framework {
  readonly label: string;
  /** A preset of core/clients/client-presets.ts; by default that of the kind of application. */
  readonly preset?: string;
  write(facts: SnippetFacts): string;
}

const openidClient: Framework = {
  label: 'Node.js (openid-client)',
  preset: 'openid-client',
  write: ({ issuer, clientId, redirectUri }) => `import * as oidc from 'openid-client';

const config = await oidc.discovery(
  new URL('${issuer}'),
  '${clientId}',
  process.env.CLIENT_SECRET,
);
const verifier = oidc.randomPKCECodeVerifier(); // keep it in the session
const url = oidc.buildAuthorizationUrl(config, {
  redirect_uri: '${redirectUri}',
  scope: 'openid profile email',
  code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
});
// Redirect the browser to url; then, in the callback:
const tokens = await oidc.authorizationCodeGrant(config, currentUrl, {
  pkceCodeVerifier: verifier,
});`,
};

const authjs: Framework = {
  label: 'Next.js, SvelteKit, Express (Auth.js)',
  preset: 'authjs',
  write: ({ issuer, clientId }) => `import NextAuth from 'next-auth';

export const { handlers, auth, signIn, signOut } = NextAuth({
  providers: [
    {
      id: 'ostiary',
      name: 'Ostiary',
      type: 'oidc',
      issuer: '${issuer}',
      clientId: '${clientId}',
      clientSecret: process.env.CLIENT_SECRET,
    },
  ],
});`,
};

const spring: Framework = {
  label: 'Java (Spring Security)',
  preset: 'spring',
  write: ({ issuer, clientId }) => `spring:
  security:
    oauth2:
      client:
        registration:
          ostiary:
            client-id: ${clientId}
            client-secret: \${CLIENT_SECRET}
            scope: openid,profile,email
        provider:
          ostiary:
            issuer-uri: ${issuer}`,
};

const authlib: Framework = {
  label: 'Python (Authlib)',
  preset: 'authlib',
  write: ({ issuer, clientId }) => `from authlib.integrations.flask_client import OAuth

oauth = OAuth(app)
oauth.register(
    "ostiary",
    client_id="${clientId}",
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url="${issuer}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)`,
};

const goOidc: Framework = {
  label: 'Go (go-oidc)',
  preset: 'go-oidc',
  write: ({ issuer, clientId, redirectUri }) => `provider, err := oidc.NewProvider(ctx, "${issuer}")
config := oauth2.Config{
	ClientID:     "${clientId}",
	ClientSecret: os.Getenv("CLIENT_SECRET"),
	RedirectURL:  "${redirectUri}",
	Endpoint:     provider.Endpoint(),
	Scopes:       []string{oidc.ScopeOpenID, "profile", "email"},
}
verifier := oauth2.GenerateVerifier() // keep it in the session
url := config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))`,
};

const proxy: Framework = {
  label: 'Reverse proxy (oauth2-proxy)',
  preset: 'oauth2-proxy',
  write: ({ issuer, clientId, redirectUri }) => `oauth2-proxy \\
  --provider=oidc \\
  --oidc-issuer-url=${issuer} \\
  --client-id=${clientId} \\
  --client-secret-file=/run/secrets/client-secret \\
  --redirect-url=${redirectUri} \\
  --code-challenge-method=S256`,
};

const oidcClientTs: Framework = {
  label: 'JavaScript (oidc-client-ts)',
  preset: 'oidc-client-ts',
  write: ({ issuer, clientId, redirectUri }) => `import { UserManager } from 'oidc-client-ts';

const users = new UserManager({
  authority: '${issuer}',
  client_id: '${clientId}',
  redirect_uri: '${redirectUri}',
  scope: 'openid profile email',
});
await users.signinRedirect();
// On the redirect page:
const user = await users.signinCallback();`,
};

const appAuth: Framework = {
  label: 'Android, iOS (AppAuth)',
  write: ({ issuer, clientId, redirectUri }) => `// Kotlin; AppAuth sends PKCE by itself
AuthorizationServiceConfiguration.fetchFromIssuer(Uri.parse("${issuer}")) { config, _ ->
    val request = AuthorizationRequest.Builder(
        config!!, "${clientId}", ResponseTypeValues.CODE, Uri.parse("${redirectUri}")
    ).setScope("openid profile email").build()
    startActivityForResult(service.getAuthorizationRequestIntent(request), 1)
}`,
};

const curl: Framework = {
  label: 'curl',
  write: ({ issuer, clientId }) => `curl ${issuer}/oauth2/token \\
  --user "${clientId}:$CLIENT_SECRET" \\
  --data grant_type=client_credentials \\
  --data resource=https://api.example.com`,
};

const curlDevice: Framework = {
  label: 'curl',
  write: ({ issuer, clientId }) => `# Shows the code, and the address to encode as a QR code:
curl ${issuer}/oauth2/device_authorization \\
  --data client_id=${clientId} \\
  --data-urlencode 'scope=openid profile'

# Then every five seconds, until it answers with tokens:
curl ${issuer}/oauth2/token \\
  --data client_id=${clientId} \\
  --data grant_type=urn:ietf:params:oauth:grant-type:device_code \\
  --data-urlencode "device_code=$DEVICE_CODE"`,
};

const curlWorkload: Framework = {
  label: 'Command line (curl)',
  write: ({ issuer, clientId }) => `# ASSERTION: the JWT issued by the workload's platform.
curl ${issuer}/oauth2/token \\
  --data grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \\
  --data client_id=${clientId} \\
  --data-urlencode "assertion=$ASSERTION"`,
};

export const frameworksOf = {
  web: {
    'openid-client': openidClient,
    authjs,
    spring,
    authlib,
    'go-oidc': goOidc,
    'oauth2-proxy': proxy,
  },
  spa: { 'oidc-client-ts': oidcClientTs },
  native: { appauth: appAuth },
  service: { curl },
  workload: { 'curl-workload': curlWorkload },
  device: { 'curl-device': curlDevice },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Framework>>>>;

const all: ReadonlyMap<string, Framework> = new Map(
  Object.values(frameworksOf).flatMap((group): [string, Framework][] => Object.entries(group)),
);

export function frameworkOptions(kind: keyof typeof frameworksOf) {
  return Object.entries(frameworksOf[kind]).map(([value, { label }]) => ({ value, label }));
}

export function presetOf(framework: string): string | undefined {
  return all.get(framework)?.preset;
}

export function snippetFor(framework: string, facts: SnippetFacts): Snippet {
  const found = all.get(framework) ?? openidClient;
  return { title: found.label, text: found.write(facts) };
}
