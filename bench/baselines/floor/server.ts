// The floor: a Koa server written by hand for the requests of the benchmark, as an estimate of what
// any server on this platform must spend on them.
import { hash as hashPassword } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import Koa from 'koa';
import { routes } from '#oidc/configuration.ts';
import { authorize, introspect, signIn, token, userinfo } from './handlers.ts';
import { digestOf, json, type Answer, type Floor, type FloorSettings } from './requests.ts';
import { createSigner } from './signatures.ts';
import { openStores } from './stores.ts';

type Handler = (floor: Floor, req: Koa.Request['req']) => Promise<Answer> | Answer;

// Written by servers.ts, which starts this file.
const settings = JSON.parse(process.env['FLOOR'] ?? '{}') as FloorSettings;
const floor = await createFloor(settings);

const handlers = new Map<string, Handler>([
  [`GET ${routes.authorization}`, authorize],
  ['POST /sign-in', signIn],
  [`POST ${routes.token}`, token],
  [`POST ${routes.introspection}`, introspect],
  [`GET ${routes.userinfo}`, userinfo],
  [`GET ${routes.jwks}`, prepared(floor.signer.jwks)],
  ['GET /.well-known/openid-configuration', prepared(discovery(settings.issuer))],
]);

const app = new Koa();
app.use(async (ctx) => {
  const handle = handlers.get(`${ctx.method} ${ctx.path}`);
  if (!handle) return;
  const { status, body, headers = {} } = await handle(floor, ctx.req);
  ctx.set(headers);
  ctx.status = status;
  ctx.body = body;
});
app.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('ready\n'));

async function createFloor(given: FloorSettings): Promise<Floor> {
  const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
  const passwords = new Map<string, string>();
  for (const { email, password } of given.people) {
    passwords.set(email, await hashPassword(password, options));
  }
  const clients = given.clients.map((client) => {
    const known = { ...client, secretHash: digestOf(client.clientSecret) };
    return [client.clientId, known] as const;
  });
  return {
    issuer: given.issuer,
    stores: await openStores(given.databaseUrl, given.redisUrl),
    signer: createSigner(),
    clients: new Map(clients),
    passwords,
    cookieKey: randomBytes(32),
  };
}

function prepared(value: object): Handler {
  const answer = json(value);
  return () => answer;
}

function discovery(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: issuer + routes.authorization,
    token_endpoint: issuer + routes.token,
    introspection_endpoint: issuer + routes.introspection,
    userinfo_endpoint: issuer + routes.userinfo,
    jwks_uri: issuer + routes.jwks,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
  };
}
