// Reads a Token Status List (draft-ietf-oauth-status-list): which of the provider's JWTs are revoked.
import type { JWTPayload } from 'jose';
import { base64url } from 'jose';
import { createBoundedMap } from '../provider/bounded-map.ts';
import { isObject, readBytes, type HttpClient } from '../provider/http-client.ts';
import type { JwtVerifier } from './jwt-verifier.ts';
import { Refusal } from '../request/refusal.ts';
import type { StatusListOptions } from '../types.ts';

export interface StatusListDependencies {
  readonly issuer: string;
  readonly options: StatusListOptions;
  readonly http: HttpClient;
  readonly verifyJwt: JwtVerifier;
  readonly now: () => Date;
  readonly onProblem: (problem: Error) => void;
}

interface StatusList {
  readonly bits: number;
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
  readonly loadedAt: number;
  readonly usableUntil: number;
  /** Seconds of the list's own `ttl`, or `undefined`. */
  readonly ttl: number | undefined;
  readonly expiresAt: number;
}

const maxListBytes = 4 * 1024 * 1024;
const maxLists = 256;

export function createStatusLists(dependencies: StatusListDependencies) {
  const { issuer, options, now } = dependencies;
  const lists = createBoundedMap<StatusList>(maxLists);
  const loading = new Map<string, Promise<StatusList>>();

  /** One request at a time for each list, which all callers share. */
  function load(uri: string): Promise<StatusList> {
    const running = loading.get(uri);
    if (running) return running;
    const started = loadList(dependencies, uri, lists.get(uri)).finally(() => loading.delete(uri));
    loading.set(uri, started);
    return started;
  }

  async function fresh(uri: string): Promise<StatusList> {
    const known = lists.get(uri);
    const at = now().getTime();
    if (known && at < known.usableUntil) return known;
    try {
      const list = await load(uri);
      lists.set(uri, list);
      return list;
    } catch (error) {
      const staleUntil = known && known.usableUntil + (options.staleSeconds ?? 0) * 1000;
      if (!known || at >= Math.min(staleUntil ?? 0, known.expiresAt)) throw error;
      dependencies.onProblem(
        new Error('A status list is used although its time has passed', { cause: error }),
      );
      return known;
    }
  }

  /** @throws Refusal `invalid_token` unless the status of the token is "valid" */
  return async (claims: Readonly<Record<string, unknown>>): Promise<void> => {
    if (claims['status'] === undefined) return;
    const { uri, index } = readReference(claims['status']);
    // The list must be below the issuer: no token can make this API call another host.
    if (!isBelow(issuer, uri))
      throw new Refusal('invalid_token', 'The status list is on another host');
    if (statusAt(await fresh(uri), index) !== 0) {
      throw new Refusal('invalid_token', 'The token is revoked');
    }
  };
}

function readReference(status: unknown): { uri: string; index: number } {
  const list = isObject(status) ? status['status_list'] : undefined;
  const { uri, idx } = isObject(list) ? list : {};
  if (typeof uri === 'string' && Number.isSafeInteger(idx) && Number(idx) >= 0) {
    return { uri, index: Number(idx) };
  }
  throw new Refusal('invalid_token', 'The token has an unknown kind of status');
}

function isBelow(issuer: string, uri: string): boolean {
  const [base, list] = [new URL(issuer), URL.parse(uri)];
  return list?.origin === base.origin && list.username === '' && list.password === '';
}

async function loadList(
  { options, http, verifyJwt, now, issuer }: StatusListDependencies,
  uri: string,
  known: StatusList | undefined,
): Promise<StatusList> {
  const at = now().getTime();
  const headers = {
    accept: 'application/statuslist+jwt',
    // Not for an expired list: a 304 would be useless.
    ...(known?.etag === undefined || at >= known.expiresAt ? {} : { 'if-none-match': known.etag }),
  };
  const response = await http(uri, { headers });
  const isUnchanged = response.status === 304 && known && at < known.expiresAt;
  if (isUnchanged) return { ...known, ...usable(options, at, known) };
  const isList = response.headers.get('content-type')?.startsWith('application/statuslist+jwt');
  if (response.status !== 200 || !isList) {
    throw new Refusal(
      'temporarily_unavailable',
      `Unexpected response ${response.status} from ${uri}`,
    );
  }
  const claims = await verifyList(verifyJwt, response.text, issuer, uri);
  const content = await readContent(claims);
  const etag = response.headers.get('etag') ?? undefined;
  return { ...content, etag, ...usable(options, at, content) };
}

/** An invalid list says nothing about the token, so the API cannot decide. */
async function verifyList(verify: JwtVerifier, jwt: string, issuer: string, uri: string) {
  try {
    const rules = { typ: 'statuslist+jwt', subject: uri, requiredClaims: ['iat', 'status_list'] };
    const claims = await verify(jwt, rules);
    if (claims.iss === undefined || claims.iss === issuer) return claims;
  } catch (error) {
    throw new Refusal('temporarily_unavailable', `Invalid status list ${uri}`, { cause: error });
  }
  throw new Refusal('temporarily_unavailable', `${uri} is a list of another issuer`);
}

function usable(
  { maxAgeSeconds = 60 }: StatusListOptions,
  at: number,
  { ttl, expiresAt }: Pick<StatusList, 'ttl' | 'expiresAt'>,
) {
  const ageMs = Math.min(ttl ?? maxAgeSeconds, maxAgeSeconds) * 1000;
  return { loadedAt: at, usableUntil: Math.min(at + ageMs, expiresAt) };
}

async function readContent({ status_list: list, exp, ttl }: JWTPayload) {
  const { bits, lst } = isObject(list) ? list : {};
  if (typeof lst !== 'string' || typeof bits !== 'number' || ![1, 2, 4, 8].includes(bits)) {
    throw new Refusal('temporarily_unavailable', 'The status list is malformed');
  }
  return {
    bits,
    bytes: await inflate(lst),
    ttl: typeof ttl === 'number' && ttl >= 0 ? ttl : undefined,
    expiresAt: exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000,
  };
}

async function inflate(text: string): Promise<Uint8Array> {
  try {
    const compressed = new Blob([new Uint8Array(base64url.decode(text))]);
    const stream = compressed.stream().pipeThrough(new DecompressionStream('deflate'));
    return await readBytes(stream, maxListBytes);
  } catch (error) {
    throw new Refusal('temporarily_unavailable', 'The status list is malformed', { cause: error });
  }
}

/** The lowest bits of a byte belong to the lowest index. An index beyond the list is refused. */
function statusAt({ bits, bytes }: StatusList, index: number): number {
  const perByte = 8 / bits;
  const byte = bytes[Math.floor(index / perByte)];
  if (byte === undefined) throw new Refusal('invalid_token', 'The status list has no such index');
  return (byte >> ((index % perByte) * bits)) & (2 ** bits - 1);
}
