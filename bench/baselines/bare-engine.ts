// oidc-provider alone, with its in-memory adapter and without pages, as a baseline for the cost
// that the product adds. Routes, algorithms and lifetimes are those of the product.
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider';
import { routes } from '#oidc/configuration.ts';

interface Settings {
  readonly issuer: string;
  readonly clients: ClientMetadata[];
  readonly jwtAudience: string;
}

// Written by servers.ts, which starts this file.
const settings = JSON.parse(process.env['BARE_ENGINE'] ?? '{}') as Settings;
const interactionPath = '/auth/interaction/';

const provider = new Provider(settings.issuer, await configure(settings));
provider.use(async (ctx, next) => {
  if (ctx.path.startsWith(interactionPath)) return finishInteraction(ctx.req, ctx.res);
  return next();
});
provider.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('ready\n'));

type Finish = Parameters<Provider['interactionFinished']>;

/** Completes every interaction without a page: one account signs in and grants all scopes. */
async function finishInteraction(req: Finish[0], res: Finish[1]): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  const accountId = 'user-1';
  const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) });
  grant.addOIDCScope(String(params['scope']));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(req, res, { login: { accountId }, consent });
}

async function configure({ clients, jwtAudience }: Settings): Promise<Configuration> {
  return {
    clients,
    routes,
    jwks: { keys: [await makeKey('ES256'), await makeKey('RS256')] },
    cookies: { keys: ['a key of the bench'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    clientBasedCORS: () => false,
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, name: 'Ann', email: 'ann@example.com' }),
    }),
    interactions: { url: (_ctx, { uid }) => interactionPath + uid },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async () => ({
          audience: jwtAudience,
          scope: '',
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { AccessToken: 600, ClientCredentials: 600, Session: 3600, Grant: 3600 },
  };
}

async function makeKey(alg: string) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg };
}
