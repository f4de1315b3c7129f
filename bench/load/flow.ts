// The types of a flow: the servers that it compares, what one round of it needs and sends.
import type { AssertionSigner } from './assertions.ts';
import type { Answer } from './connection.ts';
import type { Fields } from './requests.ts';

export type Round = Generator<string, void, Answer>;

/** Other products, which `npm run bench -- --peers=...` installs and measures. */
export const peerNames = ['keycloak', 'hydra'] as const;
export type PeerName = (typeof peerNames)[number];

/** Names of the servers that are compared. */
export type ServerName = 'ostiary' | 'engine' | 'floor' | 'koa' | PeerName;

/** The kind of an access token. */
export type TokenKind = 'opaque' | 'jwt';

/** The paths of the endpoints. */
export interface Endpoints {
  readonly discovery: string;
  readonly token: string;
  readonly introspection: string;
  readonly userinfo: string;
}

/** What the scripts need, prepared before the run; lists have one entry per user. */
export interface Materials {
  readonly host: string;
  readonly endpoints: Endpoints;
  /** The `Authorization` header of the client. */
  readonly appAuthorization: string;
  /** That of the service client without users, by the kind of access token that it requests. */
  readonly serviceAuthorization: Readonly<Record<TokenKind, string>>;
  /** The client that authenticates with a key, which also signs DPoP proofs. */
  readonly signer: AssertionSigner;
  /** The parameters with which a client asks for a JWT. */
  readonly jwtParameters: Fields;
  readonly redirectUri: string;
  readonly accessTokens: readonly string[];
  /** Each round replaces the token of its user. */
  readonly refreshTokens: string[];
  readonly subjects: readonly string[];
  readonly cookies: readonly string[];
  /** The path and query of an authorization request, without and with `jwtParameters`. */
  readonly authorizePath: string;
  readonly authorizeJwtPath: string;
  readonly codeVerifier: string;
  readonly people: readonly { readonly email: string; readonly password: string }[];
}

/** For a server without users and clients. */
export const noMaterials: Materials = {
  host: 'localhost',
  endpoints: { discovery: '/', token: '/', introspection: '/', userinfo: '/' },
  appAuthorization: '',
  serviceAuthorization: { opaque: '', jwt: '' },
  signer: { clientId: '', issuer: '', key: {} },
  jwtParameters: {},
  redirectUri: '',
  accessTokens: [],
  refreshTokens: [],
  subjects: [],
  cookies: [],
  authorizePath: '',
  authorizeJwtPath: '',
  codeVerifier: '',
  people: [],
};

/** @param user position in the lists of the materials */
type Play = (materials: Materials, user: number) => Round;

export interface Flow {
  /** The kind of access token that each user needs before the run. */
  readonly tokens?: TokenKind;
  /** What the floor needs instead. */
  readonly floorTokens?: 'jwt';
  /** The servers that have this function; by default all but Koa. */
  readonly servers?: readonly ServerName[];
  /** The other products that have it; by default none. */
  readonly peers?: readonly PeerName[];
  /** Whether a server may offer it only on its port for the internal network. */
  readonly isInternal?: boolean;
  readonly round: Play;
  /** Rounds for servers that need other requests for the same result. */
  readonly roundAt?: Partial<Record<ServerName, Play>>;
}
