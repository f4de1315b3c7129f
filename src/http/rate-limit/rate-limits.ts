// All rate limits: how many requests one network may send in a window, and what the limit protects.
// The routes name them (route-limit.ts); http/middleware/rate-limit.ts counts.
import { maxTargetLength } from '#http/request/request-target.ts';

export interface RateLimit {
  /** As clients see it in the RateLimit header fields. */
  readonly name: string;
  /** Requests per network and window. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** What an unlimited number of requests would cost. */
  readonly reason: string;
  /** If true, only failed authentication counts; an authenticated client is not limited. */
  readonly failuresOnly?: boolean;
}

/** A body larger than this may not fit into a URL: percent-encoding can triple its size. */
export const largeBodyBytes = Math.floor(maxTargetLength / 3);

export const rateLimits = {
  registration: {
    name: 'register',
    limit: 100,
    windowSeconds: 600,
    reason: 'A registration hashes a password, sends mail or creates an account.',
  },
  clientRegistration: {
    name: 'client registration',
    limit: 60,
    windowSeconds: 600,
    reason: 'Each registration stores a client, and may fetch its sector identifier.',
  },
  clientManagement: {
    name: 'client management',
    limit: 60,
    windowSeconds: 600,
    reason: 'Each change rewrites the registration, and may fetch its sector identifier.',
  },
  emailTokens: {
    name: 'mail proof',
    limit: 100,
    windowSeconds: 600,
    reason: 'The request sends mail, or submits a code or link from a mail.',
  },
  passkeys: {
    name: 'passkey',
    limit: 1200,
    windowSeconds: 600,
    reason: 'Each challenge is stored until it expires.',
  },
  federation: {
    name: 'other providers',
    limit: 300,
    windowSeconds: 600,
    reason: 'Each sends a request to an identity provider and stores state for the callback.',
  },
  pictures: {
    name: 'picture',
    limit: 60,
    windowSeconds: 600,
    reason: 'A picture takes time and memory to decode.',
  },
  setup: {
    name: 'setup',
    limit: 20,
    windowSeconds: 600,
    reason: 'A setup link creates an administrator.',
  },
  authorization: {
    name: 'authorize',
    limit: 1200,
    windowSeconds: 60,
    reason: 'Each authorization request stores an interaction.',
  },
  largePostedRequests: {
    name: 'large posted request',
    limit: 120,
    windowSeconds: 60,
    reason: 'Parameters that do not fit into a URL are stored.',
  },
  postedRequests: {
    name: 'posted request',
    limit: 1200,
    windowSeconds: 60,
    reason: 'The request is parsed and redirected before any authentication.',
  },
  deviceAuthorization: {
    name: 'device authorization',
    limit: 300,
    windowSeconds: 60,
    reason: 'Each device code is stored until it expires.',
  },
  backchannelRequests: {
    name: 'backchannel authentication',
    limit: 300,
    windowSeconds: 60,
    reason: 'Each request is stored and sends mail to a user.',
  },
  userCodes: {
    name: 'user code',
    limit: 300,
    windowSeconds: 600,
    reason: 'A typed code may be a guess; wrong ones are also throttled per browser and network.',
  },
  pushedRequests: {
    name: 'par',
    limit: 1200,
    windowSeconds: 60,
    reason: 'Each pushed authorization request is stored until it expires.',
  },
  signals: {
    name: 'signals',
    limit: 1200,
    windowSeconds: 60,
    reason: 'Each signal of an identity provider takes a signature check, and may fetch keys.',
  },
  // Authenticated clients are not limited: a resource server may introspect thousands of tokens per
  // second.
  clientAuthentication: {
    name: 'client authentication',
    limit: 300,
    windowSeconds: 60,
    reason: 'A failed authentication may be a guess of a client secret.',
    failuresOnly: true,
  },
} as const satisfies Readonly<Record<string, RateLimit>>;

export type RateLimitName = keyof typeof rateLimits;

/** Reasons for a POST route without a limit. */
export const unlimitedReasons = {
  signedIn: 'The user is signed in, so a request can be attributed and the account blocked.',
  throttledProof: 'Wrong passwords and codes are throttled per account and network.',
  limitedRequest: 'Continues an authorization or logout request, which was limited.',
  limitedSignIn: 'Requires a sign-in with an identity provider, which was limited.',
  unguessableToken: 'The token has too many values to guess.',
  browserPreference: 'Sets a cookie with one of the languages, and reads and stores nothing else.',
  authenticatedCaller: 'The caller is authenticated and may need many requests in an incident.',
} as const satisfies Readonly<Record<string, string>>;

export type UnlimitedReason = keyof typeof unlimitedReasons;
