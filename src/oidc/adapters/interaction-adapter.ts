// Adapter for interactions. A finished or expired interaction leaves a trace for some time, so that
// the back button or a late form submission can name the client and link back to it.
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { adapterWith } from './adapter.ts';

/** How long the client of an interaction is remembered after its end. */
export const traceSeconds = 3600;

/** The same for an interaction without a sign-in, which any request can create. */
export const anonymousTraceSeconds = 300;

export interface InteractionTrace {
  readonly clientId: string | undefined;
  readonly finished: boolean;
}

export type InteractionEnd = ReturnType<typeof createInteractionEnd>;

/** Records the end of the interaction that this request completes. */
export function createInteractionEnd({ store }: { store: ShortLivedStore }) {
  const waiting = createRequestSlot<{ uid: string; trace: InteractionTrace }>('interaction end');

  /**
   * Must complete before the response is sent. Started together with another write, it shares a
   * round trip.
   */
  async function write(): Promise<void> {
    const end = waiting.get();
    waiting.set(undefined);
    if (end) await store.put('Interaction', end.uid, end.trace, traceSeconds);
  }

  return {
    note: (uid: string, trace: InteractionTrace): void => waiting.set({ uid, trace }),
    write,
  };
}

export interface InteractionAdapterDependencies {
  readonly store: ShortLivedStore;
  readonly end: InteractionEnd;
}

export function createInteractionAdapter(dependencies: InteractionAdapterDependencies): Adapter {
  const { store, end } = dependencies;
  const found = createRequestSlot<InteractionTrace>('interaction');
  return adapterWith({
    async upsert(uid, payload, expiresIn = 0) {
      const { jti: _, session, ...rest } = payload;
      // oidc-provider never reads the session's cookie value back, and it is a secret.
      const withoutCookie = session && { ...session, cookie: undefined };
      const after = hasSignedIn(payload) ? traceSeconds : anonymousTraceSeconds;
      await store.put('Interaction', uid, { ...rest, session: withoutCookie }, expiresIn + after);
    },
    async find(uid) {
      const stored = await store.get('Interaction', uid);
      if (!stored) return undefined;
      const trace = traceOf(stored);
      found.set(trace);
      return trace.finished ? undefined : { ...stored, jti: uid };
    },
    async destroy(uid) {
      end.note(uid, { clientId: found.get()?.clientId, finished: true });
    },
  });
}

/** The user signed in before, in an earlier step of the same request, or in this one. */
function hasSignedIn({ session, lastSubmission, result }: AdapterPayload): boolean {
  return Boolean(session?.accountId ?? loginOf(lastSubmission) ?? loginOf(result));
}

function loginOf(submission: AdapterPayload['result']): unknown {
  return submission?.['login'];
}

/** Reads what remains of an interaction that cannot continue. */
export async function readInteractionTrace(
  store: ShortLivedStore,
  uid: string,
): Promise<InteractionTrace | undefined> {
  const stored = await store.get('Interaction', uid);
  return stored && traceOf(stored);
}

function traceOf(stored: Record<string, unknown>): InteractionTrace {
  const params = stored['params'];
  const parameters = typeof params === 'object' && params !== null ? params : {};
  const clientId = 'client_id' in parameters ? parameters.client_id : stored['clientId'];
  return {
    clientId: typeof clientId === 'string' ? clientId : undefined,
    finished: stored['finished'] === true,
  };
}
