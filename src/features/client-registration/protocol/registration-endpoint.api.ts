// The endpoints of dynamic client registration (RFC 7591) and of its management (RFC 7592). oidc-provider
// does not serve them, so that secrets and tokens are stored hashed, and a change is written together with
// its revocation and audit event.
import cors from '@koa/cors';
import type { Client } from '#core/clients/clients.ts';
import type {
  DynamicRegistration,
  Registration,
} from '#features/client-registration/dynamic-registration.service.ts';
import { RegistrationRefusal } from '#features/client-registration/registration-refusal.ts';
import type { Metadata } from '#features/client-registration/registration-policy.ts';
import { challengeBearer, readBearer } from '#http/api/bearer.ts';
import type { Context, Handler, Next } from '#http/context.ts';
import { readJson } from '#http/request/input.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import { customClientMembers } from '#oidc/adapters/client-adapter.ts';
import { routes } from '#oidc/configuration.ts';
import { AppError, isAppError } from '#platform/errors.ts';

export interface RegistrationEndpointDependencies {
  readonly issuer: string;
  readonly addresses: UrlAreas;
  readonly registration: DynamicRegistration;
  readonly isOpen: boolean;
}

/** Far more than clients send; a key set would take up most of it. */
export const maxRegistrationBytes = 16 * 1024;

const collection = routes.registration;
const member = `${collection}/:clientId`;

type Methods = Readonly<Record<string, (ctx: Context, clientId: string) => Promise<void>>>;

export function createRegistrationEndpoint(
  dependencies: RegistrationEndpointDependencies,
): Handler {
  const { addresses } = dependencies;
  // Browsers may register too: no cookie is read, so another origin gains nothing.
  const allowOrigins = cors({
    origin: () => '*',
    allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'MCP-Protocol-Version'],
    exposeHeaders: ['WWW-Authenticate'],
    maxAge: 600,
    credentials: false,
  });
  const ofCollection = collectionMethods(dependencies);
  const ofMember = memberMethods(dependencies);

  return async function serveRegistration(ctx: Context, next: Next): Promise<unknown> {
    const path = addresses.shorten(ctx.path);
    const clientId = path === collection ? '' : clientIdOf(path);
    if (clientId === undefined) return next();
    const methods = clientId === '' ? ofCollection : ofMember;
    ctx['_matchedRoute'] = clientId === '' ? collection : member;
    return allowOrigins(ctx, () => answer(ctx, methods, clientId, dependencies.issuer));
  };
}

function collectionMethods(dependencies: RegistrationEndpointDependencies): Methods {
  const { registration, issuer, isOpen } = dependencies;
  return {
    async POST(ctx) {
      const token = isOpen ? undefined : readBearer(ctx);
      const registered = await registration.register(await readMetadata(ctx), token);
      ctx.status = 201;
      ctx.body = present(registered, issuer);
    },
  };
}

function memberMethods({ registration, issuer }: RegistrationEndpointDependencies): Methods {
  return {
    async GET(ctx, clientId) {
      const token = readBearer(ctx);
      ctx.body = present(await registration.read({ clientId, token }), issuer);
    },
    async PUT(ctx, clientId) {
      const presented = { clientId, token: readBearer(ctx) };
      // The token is verified first, so that the response to an invalid body reveals nothing.
      await registration.read(presented);
      const metadata = await readMetadata(ctx);
      ctx.body = present(await registration.update(presented, metadata), issuer);
    },
    async DELETE(ctx, clientId) {
      await registration.remove({ clientId, token: readBearer(ctx) });
      ctx.status = 204;
    },
  };
}

async function answer(
  ctx: Context,
  methods: Methods,
  clientId: string,
  issuer: string,
): Promise<void> {
  const handle = Object.hasOwn(methods, ctx.method) ? methods[ctx.method] : undefined;
  if (!handle) {
    ctx.set('Allow', Object.keys(methods).join(', '));
    throw new AppError('method_not_allowed', 'This method is not supported here.');
  }
  ctx.set('Cache-Control', 'no-store');
  try {
    await handle(ctx, clientId);
  } catch (error) {
    refuse(ctx, error, issuer);
  }
}

/** @throws every error for which the protocol defines no code */
function refuse(ctx: Context, error: unknown, issuer: string): void {
  if (error instanceof RegistrationRefusal) {
    ctx.status = 400;
    ctx.body = { error: error.code, error_description: error.message };
    return;
  }
  if (!isAppError(error, 'invalid_token')) throw error;
  challengeBearer(ctx, { realm: issuer, error: 'invalid_token' });
  ctx.status = 401;
  ctx.body = { error: 'invalid_token', error_description: error.message };
}

/** @throws AppError `invalid_input`, `too_large` or `unsupported_media_type` */
async function readMetadata(ctx: Context): Promise<Metadata> {
  if ((ctx.state.body?.bytes.length ?? 0) > maxRegistrationBytes) {
    throw new AppError('too_large', 'The client metadata is too large.');
  }
  const metadata = await readJson(ctx);
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) {
    return { ...metadata };
  }
  throw new AppError('invalid_input', 'The client metadata must be a JSON object.');
}

/** `undefined` for another path. */
function clientIdOf(path: string): string | undefined {
  const [, id] = /^\/oauth2\/register\/([\w-]{1,255})$/.exec(path) ?? [];
  return id;
}

/** RFC 7591 §3.2.1. A secret is only in the response to the request that created it. */
function present({ client, token, clientSecret, softwareStatement }: Registration, issuer: string) {
  const secret =
    clientSecret === undefined ? {} : { client_secret: clientSecret, client_secret_expires_at: 0 };
  return {
    client_id: client.clientId,
    client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
    ...secret,
    ...ownMembers(client),
    registration_access_token: token,
    registration_client_uri: `${issuer}${collection}/${client.clientId}`,
    ...(softwareStatement === undefined ? {} : { software_statement: softwareStatement }),
  };
}

/** Omits the members that only this server defines. */
function ownMembers({ metadata }: Client): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !customClientMembers.includes(name)),
  );
}
