// The actors of an exchanged token (RFC 8693 §4.1): the newest is `act`, and each contains the one
// before it.
import { errors } from 'oidc-provider';

/** Maximum number of actors in a token, and of exchanges that led to it. */
export const maxActors = 4;

export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

interface Delegation {
  /** The claim `act` of the subject token. */
  readonly before: unknown;
  /** The administrator who acts as the user, by the `sub` that the client of the new token knows. */
  readonly administrator: Actor | undefined;
  /** The claim `may_act` of the subject token. */
  readonly mayAct: unknown;
  /** The client that presents the subject token. */
  readonly clientId: string;
  /** Number of earlier exchanges. */
  readonly exchanges: number;
  /** True if the client has not named itself as the actor. */
  readonly isImpersonation: boolean;
}

/**
 * The `act` claim of the new token; `undefined` if no party has acted before and the client does not
 * name itself. An impersonation keeps the actors before it.
 * @throws errors.InvalidRequest
 */
export function actorsOf(delegation: Delegation): Actor | undefined {
  const { mayAct, clientId, isImpersonation } = delegation;
  assertMayAct(mayAct, clientId);
  const before = startingWith(delegation.administrator, readActor(delegation.before));
  assertFewExchanges(delegation.exchanges);
  if (isImpersonation) return before;
  if (depthOf(before) >= maxActors) {
    throw new errors.InvalidRequest(`the subject token has been delegated ${maxActors} times`);
  }
  return { sub: clientId, ...(before ? { act: before } : {}) };
}

/** Only the party that `may_act` names may act as the user (RFC 8693 §4.4). */
function assertMayAct(party: unknown, clientId: string): void {
  if (party === undefined) return;
  const isNamed = isObject(party) && party['sub'] === clientId;
  if (!isNamed) throw new errors.InvalidRequest('may_act of the subject token names another party');
}

/** Each exchange makes the token longer, and its status dependent on more records. */
function assertFewExchanges(exchanges: number): void {
  if (exchanges < maxActors) return;
  throw new errors.InvalidRequest(`the subject token derives from ${maxActors} exchanges`);
}

function readActor(value: unknown): Actor | undefined {
  if (!isObject(value) || typeof value['sub'] !== 'string') return undefined;
  const before = readActor(value['act']);
  return { sub: value['sub'], ...(before ? { act: before } : {}) };
}

/**
 * The first actor of an impersonation is the administrator, whom the client of the subject token may
 * know by another, pairwise identifier; all others are clients.
 */
function startingWith(first: Actor | undefined, actor: Actor | undefined): Actor | undefined {
  if (first === undefined || actor?.act === undefined) return first ?? actor;
  const before = startingWith(first, actor.act);
  return { sub: actor.sub, ...(before ? { act: before } : {}) };
}

function depthOf(actor: Actor | undefined): number {
  return actor === undefined ? 0 : 1 + depthOf(actor.act);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
