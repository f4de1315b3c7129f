// Protects an API: decides whether the token of a request is valid and sufficient, and otherwise answers.
import { readAuth } from './request/auth.ts';
import { checkCertificate } from './binding/certificates.ts';
import { createChallenges } from './request/challenges.ts';
import { readCredentials, type Credentials } from './request/credentials.ts';
import { createDpop, normalize } from './binding/dpop.ts';
import { createHttpClient, isObject } from './provider/http-client.ts';
import { createIntrospection, type Claims } from './token/introspection.ts';
import { createJwtVerifier } from './token/jwt-verifier.ts';
import { assertSecure, createProviderMetadata } from './provider/provider-metadata.ts';
import { Refusal } from './request/refusal.ts';
import { assertRequirements, checkRequirements } from './request/requirements.ts';
import { describeResource } from './resource-metadata.ts';
import { createStatusLists } from './token/status-list.ts';
import type { Auth, Protection, RequestFacts, ResourceServerOptions } from './types.ts';

interface Binding<Native> extends Credentials {
  readonly request: RequestFacts;
  readonly native: Native;
  readonly clientCertificate: Protection<Native>['clientCertificate'];
}

/** @throws TypeError if the options contradict each other or are insecure */
export function createResourceServer(options: ResourceServerOptions) {
  const parts = createParts(options);
  const { dpop, metadata, now, onProblem } = parts;
  const respond = createChallenges({
    metadataUrl: metadata?.url,
    dpopAlgorithms: dpop.algorithms,
    dpopRequired: options.dpop?.required === true,
  });

  async function authorize<Native>(
    credentials: Credentials,
    request: RequestFacts,
    native: Native,
    protection: Protection<Native>,
  ): Promise<Auth> {
    const claims = await parts.readClaims(credentials.token);
    const { clientCertificate } = protection;
    await checkBinding(parts, claims, { ...credentials, request, native, clientCertificate });
    await parts.checkStatus(claims);
    const auth = readAuth(claims);
    checkRequirements(auth, protection, now());
    return auth;
  }

  /**
   * The content of the request's token, or the response to send.
   * @param native what `clientCertificate` receives: the request of the framework
   */
  async function verifyNative<Native>(
    request: RequestFacts,
    native: Native,
    protection: Protection<Native>,
  ): Promise<Auth | Response> {
    let scheme: Credentials['scheme'] | undefined;
    try {
      assertRequirements(protection);
      const credentials = readCredentials(request);
      scheme = credentials.scheme;
      return await authorize(credentials, request, native, protection);
    } catch (error) {
      onProblem(error instanceof Error ? error : new Error('Unknown problem', { cause: error }));
      if (!(error instanceof Refusal)) return failure();
      const nonce = error.code === 'use_dpop_nonce' ? await dpop.nextNonce() : undefined;
      return respond({ code: error.code, scheme, requirements: protection, nonce });
    }
  }

  return {
    baseUrl: parts.baseUrl,
    /** The protected resource metadata (RFC 9728), and where it is served. */
    metadata,
    verifyNative,
    /** The content of the request's token, or the response to send. */
    verify: <R extends RequestFacts>(request: R, protection: Protection<R> = {}) =>
      verifyNative(request, request, protection),
    /** The protected resource metadata, or `undefined` for any other request. */
    metadataResponse: ({ method, url }: Pick<RequestFacts, 'method' | 'url'>) => {
      const isAsked = metadata && URL.parse(url, parts.baseUrl)?.pathname === metadata.path;
      return isAsked && (method === 'GET' || method === 'HEAD')
        ? metadataResponse(metadata.document)
        : undefined;
    },
  };
}

export type ResourceServer = ReturnType<typeof createResourceServer>;

function createParts(options: ResourceServerOptions) {
  const { issuer, audience } = options;
  assertSecure(issuer, 'issuer');
  const now = options.now ?? (() => new Date());
  const onProblem = options.onProblem ?? (() => undefined);
  const http = createHttpClient(options);
  const providerMetadata = createProviderMetadata({ issuer, http, now });
  const verifyJwt = createJwtVerifier({ options, http, providerMetadata, now });
  const asked = options.introspection;
  const introspect =
    asked && createIntrospection({ issuer, audience, options: asked, http, providerMetadata, now });
  const baseUrl = baseUrlOf(options);
  const dpop = createDpop({
    options: options.dpop ?? {},
    publicUrlOf: ({ url }) => normalize(publicUrl(baseUrl, url)) ?? baseUrl,
    clockToleranceSeconds: options.clockToleranceSeconds ?? 10,
    now,
  });
  const lists = { issuer, options: options.statusLists ?? {}, http, verifyJwt, now, onProblem };
  return {
    baseUrl,
    now,
    onProblem,
    dpop,
    isDpopRequired: options.dpop?.required === true,
    metadata: describeResource(options, dpop.algorithms),
    checkStatus: createStatusLists(lists),
    async readClaims(token: string): Promise<Claims> {
      if (introspect && (asked.includeJwts || !isJwt(token))) return introspect(token);
      const requiredClaims = ['exp', 'iat', 'sub', 'client_id', 'jti'];
      return verifyJwt(token, { issuer, audience, typ: 'at+jwt', requiredClaims });
    },
  };
}

type Parts = ReturnType<typeof createParts>;

function isJwt(token: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token);
}

/** @throws TypeError if there is none: it must not be taken from a request header */
function baseUrlOf({ baseUrl, audience }: ResourceServerOptions): string {
  const url = URL.parse(baseUrl ?? audience);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('baseUrl is required, because the audience is not an https URL');
  }
  return baseUrl === undefined ? url.origin : `${url.origin}${url.pathname.replace(/\/$/, '')}`;
}

/** The path of the request below the base URL. The request's own host does not count. */
function publicUrl(baseUrl: string, url: string): string {
  const path = url.startsWith('/') ? url : url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '');
  return `${baseUrl}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** Refuses a bound token without proof of its key, and every token with an unknown kind of binding. */
async function checkBinding<Native>(
  { dpop, isDpopRequired }: Parts,
  { cnf }: Claims,
  { request, native, scheme, token, proof, clientCertificate }: Binding<Native>,
): Promise<void> {
  const { jkt, 'x5t#S256': x5t, ...others } = isObject(cnf) ? cnf : {};
  const isUnknown = (cnf !== undefined && !isObject(cnf)) || Object.keys(others).length > 0;
  if (isUnknown) throw new Refusal('invalid_token', 'The token has an unknown kind of binding');
  const isBoundToKey = typeof jkt === 'string';
  if (isBoundToKey !== (scheme === 'DPoP') || (jkt !== undefined && !isBoundToKey)) {
    throw new Refusal('invalid_token', 'The scheme does not match the binding of the token');
  }
  if (isDpopRequired && !isBoundToKey) {
    throw new Refusal('invalid_token', 'The token is not bound to a key');
  }
  if (isBoundToKey) await dpop.verify({ request, proof, token, thumbprint: jkt });
  if (x5t !== undefined) await checkCertificate(clientCertificate?.(native), x5t);
}

/** A bug here or in a callback; the client learns nothing about it. */
function failure(): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return new Response('{"error":"server_error"}', { status: 500, headers });
}

function metadataResponse(document: Readonly<Record<string, unknown>>): Response {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=3600',
    // Browser clients read it from another origin.
    'access-control-allow-origin': '*',
  };
  return new Response(JSON.stringify(document), { headers });
}
