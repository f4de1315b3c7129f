// Verifies JWTs that this server signed with an elliptic curve key, in this thread and with cached key
// objects. Everything that it does not accept, such as RSA, an unknown key or an invalid signature, is left
// to jose.
import { UnsecuredJWT, type JWK, type JWTClaimVerificationOptions, type JWTPayload } from 'jose';
import { createVerifiedTokens } from './verified-tokens.ts';
import { createVerifier, type VerifySignature } from '#platform/crypto/signatures.ts';

interface PublishedKeys {
  current(): { readonly published: readonly JWK[] };
}

interface KeptKey {
  readonly alg: string | undefined;
  readonly verify: VerifySignature;
}

interface PlainHeader {
  readonly alg: string;
  readonly kid: string;
  readonly typ: string;
}

const plainMembers = ['alg', 'kid', 'typ'];

/** @param now the clock, by which a verified signature is remembered for a while */
export function createOwnSignatures(keys: PublishedKeys, now: () => Date) {
  const verified = createVerifiedTokens(() => now().getTime());
  let published: readonly JWK[] | undefined;
  let kept: ReadonlyMap<string, KeptKey> = new Map();

  function keyOf({ alg, kid }: PlainHeader): KeptKey | undefined {
    const { published: current } = keys.current();
    if (current !== published) {
      kept = new Map(current.flatMap(keepKey));
      verified.clear();
    }
    published = current;
    const key = kept.get(kid);
    return key?.alg === alg ? key : undefined;
  }

  /**
   * The claims, if this server has signed them; otherwise `undefined`.
   * @throws JOSEError for claims that the options exclude, as `jwtVerify` of jose does
   */
  return function readOwnClaims(
    token: string,
    options: JWTClaimVerificationOptions,
  ): JWTPayload | undefined {
    const [encodedHeader = '', content = '', encodedSignature = '', ...rest] = token.split('.');
    const header = rest.length === 0 ? readPlainHeader(encodedHeader) : undefined;
    const key = header && keyOf(header);
    if (!header || !key) return undefined;
    if (!verified.has(token)) {
      const signature = Buffer.from(encodedSignature, 'base64url');
      if (signature.toString('base64url') !== encodedSignature) return undefined;
      if (!key.verify(Buffer.from(`${encodedHeader}.${content}`), signature)) return undefined;
      verified.add(token);
    }
    // The signature is already verified, so jose checks only the claims of the same text.
    const unsigned = encode(JSON.stringify({ alg: 'none', typ: header.typ }));
    return UnsecuredJWT.decode(`${unsigned}.${content}.`, options).payload;
  };
}

function keepKey(jwk: JWK): readonly (readonly [kid: string, key: KeptKey])[] {
  const verify = createVerifier(jwk);
  return verify && jwk.kid !== undefined ? [[jwk.kid, { alg: jwk.alg, verify }]] : [];
}

/**
 * Accepts only the header members that this server writes; others, such as `crit`, could change the meaning.
 */
function readPlainHeader(encoded: string): PlainHeader | undefined {
  const header = parse(Buffer.from(encoded, 'base64url').toString());
  if (typeof header !== 'object' || header === null) return undefined;
  const { alg, kid, typ }: Partial<Record<keyof PlainHeader, unknown>> = header;
  const isPlain = Object.keys(header).every((member) => plainMembers.includes(member));
  const isComplete = typeof alg === 'string' && typeof kid === 'string' && typeof typ === 'string';
  return isPlain && isComplete ? { alg, kid, typ } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
