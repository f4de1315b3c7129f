// Records what the application acknowledges and every token that it issues, and checks these
// against the application after a fault. The requests are made by load.ts, the faults by
// fault-suite.ts.
import assert from 'node:assert/strict';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { inactive } from '#test/support/data/outcomes.ts';
import type { Callback, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';

/** The state of a signed-in client after the latest acknowledged response. */
export interface Family {
  readonly personId: string;
  readonly browser: Browser;
  readonly code: Callback;
  accessToken: string;
  refreshToken: string;
  /** Refresh tokens whose successors have been used. */
  readonly spent: string[];
}

/** One response as it arrived. */
interface Seen {
  readonly address: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly headers: Headers;
  readonly text: string;
}

interface LedgerOptions {
  /** One client, through each of the nodes. */
  readonly apps: readonly RelyingParty[];
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
}

/** No request may take longer. */
const maxMilliseconds = 5000;

export type Ledger = ReturnType<typeof createLedger>;

export function createLedger({ apps, sql }: LedgerOptions) {
  const seen: Seen[] = [];
  const families = new Set<Family>();
  const revoked: string[] = [];
  const acts: string[] = [];
  const lost: string[] = [];
  const signIns = new Map<string, number>();

  async function verifyPresence(): Promise<void> {
    const rows = await sql<{ id: string }>('select id from audit_events where id = any($1)', [
      acts,
    ]);
    assert.equal(
      rows.length,
      new Set(acts).size,
      'an acknowledged action is missing from the audit log',
    );
    for (const [personId, times] of signIns) {
      const [row] = await sql<{ count: string }>(
        `select count(*) from audit_events where event = 'sign_in.succeeded' and user_id = $1`,
        [personId],
      );
      assert.ok(
        Number(row?.count) >= times,
        'an acknowledged sign-in is missing from the audit log',
      );
    }
    for (const { browser } of families) {
      const pending = await first(apps).request({ prompt: 'none' });
      const page = await browser.open(pending.url);
      assert.notEqual(
        page.url.searchParams.get('code'),
        null,
        `the user is signed out: ${page.url.href}`,
      );
    }
  }

  async function verifyFamilies(): Promise<void> {
    assert.deepEqual(lost, [], 'a family was lost without reuse');
    for (const [turn, family] of [...families].entries()) {
      const answer = await at(apps, turn).tryRefresh(family.refreshToken);
      assert.equal(answer.status, 200, answer.text);
      family.spent.push(family.refreshToken);
      family.refreshToken = String(answer.body['refresh_token']);
      const next = await at(apps, turn + 1).tryRefresh(family.refreshToken);
      assert.equal(next.status, 200, next.text);
    }
  }

  async function verifyRevocations(): Promise<void> {
    for (const app of apps) {
      for (const token of revoked) {
        assert.equal((await app.introspect(token)).text, inactive, 'a revoked token is active');
        assert.equal(
          (await app.tryUserinfo(token)).status,
          401,
          'a revoked token is accepted by userinfo',
        );
      }
    }
  }

  /** Runs last, because it revokes the families that it tests. */
  async function verifyOnceness(): Promise<void> {
    for (const [turn, { code, spent }] of [...families].entries()) {
      const replayed = await at(apps, turn).tryExchange(code);
      assert.deepEqual(
        [replayed.status, replayed.body['error']],
        [400, 'invalid_grant'],
        'a single-use value was accepted twice',
      );
      for (const token of spent.slice(-3)) {
        const again = await at(apps, turn + 1).tryRefresh(token);
        assert.deepEqual(
          [again.status, again.body['error']],
          [400, 'invalid_grant'],
          'a single-use value was accepted twice',
        );
      }
    }
  }

  return {
    /** Forwards requests and records every response for the checks. */
    observe(send: Send): Send {
      return async (url, request) => {
        const begun = performance.now();
        const answer = await send(url, request);
        const milliseconds = performance.now() - begun;
        const { status, headers } = answer;
        const text = status >= 500 ? await answer.clone().text() : '';
        seen.push({ address: new URL(url).pathname, status, milliseconds, headers, text });
        return answer;
      };
    },
    signedIn(family: Family): void {
      families.add(family);
      signIns.set(family.personId, (signIns.get(family.personId) ?? 0) + 1);
    },
    rotated(family: Family, body: Readonly<Record<string, unknown>>): void {
      family.spent.push(family.refreshToken);
      family.refreshToken = String(body['refresh_token']);
      family.accessToken = String(body['access_token']);
    },
    /** A valid refresh token was refused. */
    lost(family: Family, reason: string): void {
      families.delete(family);
      lost.push(reason);
    },
    /** The revocation of that access token was acknowledged. */
    revoked: (token: string) => void revoked.push(token),
    /** A receipt was returned for an action, with the number of its audit event. */
    acted: (auditId: string) => void acts.push(auditId),
    /** The number of responses so far with the given status. */
    count: (status: number) => seen.filter((answer) => answer.status === status).length,
    slowest: () => Math.max(0, ...seen.map(({ milliseconds }) => milliseconds)),
    /** Checks all invariants; the recorded tokens are invalid afterwards. */
    async verify(): Promise<void> {
      for (const answer of seen) assertOrderly(answer);
      await verifyPresence();
      await verifyFamilies();
      await verifyRevocations();
      await verifyOnceness();
    },
  };
}

/** A failure must be a prompt 503 with Retry-After and a request id, without internals. */
export function assertOrderly({ address, status, milliseconds, headers, text }: Seen): void {
  const what = `${address} ${status}: ${text.slice(0, 200)}`;
  assert.ok(milliseconds < maxMilliseconds, `${what} took ${milliseconds} ms`);
  if (status < 500) return;
  assert.equal(status, 503, what);
  assert.match(headers.get('retry-after') ?? '', /^\d+$/, `no Retry-After: ${what}`);
  assert.notEqual(headers.get('x-request-id') ?? '', '', `no request id: ${what}`);
  assert.doesNotMatch(text, /\n\s+at |node_modules|\.ts:\d/, `stack trace: ${what}`);
}

function at(apps: readonly RelyingParty[], turn: number): RelyingParty {
  return apps[turn % apps.length] ?? first(apps);
}

function first(apps: readonly RelyingParty[]): RelyingParty {
  const [app] = apps;
  if (!app) throw new TypeError('a ledger needs a client');
  return app;
}
