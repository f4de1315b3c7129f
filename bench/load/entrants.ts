// What takes part in a comparison: a running server with the materials of its clients and users.
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { noMaterials, type Flow, type Materials, type PeerName } from './flow.ts';
import { prepareMaterials, type SignedIn } from './materials.ts';
import type { LoadServer, Place } from './servers.ts';

/** The lifetime of access tokens when products are compared; all are configured with it. */
export const accessTokenSeconds = 300;

/** Settings of the product that differ from its defaults, so that it works like the other products. */
export const comparableSettings = {
  ACCESS_TOKEN_SECONDS: String(accessTokenSeconds),
  // A used refresh token is refused at once.
  REFRESH_LEEWAY_SECONDS: '0',
  // Without a log line for each request.
  LOG_LEVEL: 'warn',
};

export interface Entrant {
  readonly server: LoadServer;
  /** Prepares what the rounds of this flow need. */
  prepare(flow: Flow): Promise<Materials>;
}

/** Another product, which is installed. */
export interface Peer {
  readonly name: PeerName;
  /** Versions of the product and of its runtime, by name. */
  readonly versions: Readonly<Record<string, string>>;
  start(context: PeerContext): Promise<Entrant>;
}

export interface PeerContext {
  readonly t: CleanUp;
  readonly place: Place;
  /** An empty database. */
  readonly databaseUrl: string;
  /** The users that sign in, one for each connection. */
  readonly people: readonly Person[];
}

export function entrantOf(signedIn: SignedIn): Entrant {
  return { server: signedIn.server, prepare: (flow) => prepareMaterials(signedIn, flow) };
}

/** A server without users and clients. */
export function bareEntrant(server: LoadServer): Entrant {
  return { server, prepare: async () => noMaterials };
}
