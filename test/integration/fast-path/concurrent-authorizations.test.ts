// Authorization requests at the same time as each other, as a revocation, or as a change in another process have
// the same outcome with and without the fast path (docs/decisions/0065).
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { openServices, type Services } from '#server/composition.ts';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import { set, usualDraft, verifier, write } from '#test/support/fast-path/authorizations/drafts.ts';
import {
  codeOf,
  compareNavigations,
  destinationOf,
} from '#test/support/fast-path/authorizations/navigations.ts';
import { readRows, tokenRequest } from '#test/support/fast-path/scenarios.ts';
import { openTwoWays, type Way } from '#test/support/fast-path/two-ways.ts';
import { createTestLog } from '#test/support/services/databases.ts';
import { startPatiently } from '#test/support/services/start-patiently.ts';
import { until } from '#test/support/faults/fault-suite.ts';

const by = { kind: 'operator' } as const;
const bothWays: readonly Way[] = ['fast', 'engine'];
/** In seconds: a use of a session is written if the last written one is that long ago. */
const lag = 61;

describeApp(
  'concurrent authorizations with and without the fast path',
  { arrangement: 'postgres, redis' },
  (app) => {
    const ways = shareInSuite((works) => openTwoWays(works, app()));
    /** Another process with the same stores. */
    const other = shareInSuite(async (works) => {
      const { config } = app().services;
      const now = () => new Date();
      const services = await startPatiently(() =>
        openServices({ config, log: createTestLog(), now }),
      );
      works.after(() => services.close());
      return services;
    });

    async function signIn(way: Way) {
      const client = await app().createClient({ auth: 'client_secret_basic' });
      const rp = await app().relyingPartyOf(client);
      const person = await app().createUser();
      const { browser } = await rp.authorize(person, { scope: 'openid email' });
      const url = new URL(rp.as.authorization_endpoint ?? '');
      const draft = usualDraft(client, browser.cookies.header(url));
      const send = () => ways().send(way, write(draft));
      const exchange = async (code: string): Promise<unknown> => {
        const form = { code, redirect_uri: client.redirectUri, code_verifier: verifier };
        const request = tokenRequest(app(), client, { grant_type: 'authorization_code', ...form });
        return JSON.parse((await ways().send('engine', request)).text).error;
      };
      return { way, client, person, draft, send, exchange };
    }
    type SignedIn = Awaited<ReturnType<typeof signIn>>;

    async function sendTwenty(signedIn: SignedIn, meanwhile: () => Promise<unknown>) {
      const [answers] = await Promise.all([
        Promise.all(Array.from({ length: 20 }, () => signedIn.send())),
        meanwhile(),
      ]);
      const codes = answers.map(codeOf).filter((code) => code !== '');
      const errors = [];
      for (const code of codes) errors.push(await signedIn.exchange(code));
      return { ends: new Set(answers.map(destinationOf)), codes: new Set(codes), errors };
    }

    it('issues a code of its own to each of twenty requests, and writes the session once', async () => {
      const played = [];
      for (const way of bothWays) {
        const signedIn = await signIn(way);
        const { id } = signedIn.person;
        const { ends, codes, errors } = await sendTwenty(signedIn, async () => undefined);
        const rows = await readRows(app(), id);
        played.push({ ends, codes: codes.size, errors: new Set(errors), rows });
      }
      const [fast, engine] = played;
      assert.deepEqual(fast, engine);
      assert.deepEqual([fast?.ends, fast?.codes], [new Set(['code']), 20]);
    });

    const revocations: Readonly<
      Record<string, (services: Services, signedIn: SignedIn) => Promise<unknown>>
    > = {
      'the user is blocked': ({ blocking }, { person: { id: userId } }) =>
        blocking.blockUser({ userId, reason: 'a test', by }),
      'the sessions are ended': ({ blocking }, { person }) => blocking.endSessionsOf(person.id, by),
      'everything is revoked': ({ blocking }, { person }) =>
        blocking.revokeEverythingOf(person.id, by),
      'the client loses its grants': ({ blocking }, { client }) =>
        blocking.revokeGrantsOfClient(client.clientId, by),
    };
    for (const [name, revoke] of Object.entries(revocations)) {
      it(`issues no usable code while ${name} in another process`, async () => {
        for (const way of bothWays) {
          const signedIn = await signIn(way);
          const { errors } = await sendTwenty(signedIn, () => revoke(other(), signedIn));
          for (const error of errors) assert.equal(error, 'invalid_grant');
          assert.equal(destinationOf(await signedIn.send()), 'interaction');
        }
      });

      it(`issues no usable code if ${name} just before the code is stored`, async (t) => {
        for (const seconds of [0, lag]) {
          for (const way of bothWays) {
            const signedIn = await signIn(way);
            await later(signedIn, seconds);
            const restore = beforeCode(t, () => revoke(other(), signedIn));
            const answered = await signedIn.send();
            restore();
            const end = destinationOf(answered);
            if (end === 'code') {
              assert.equal(await signedIn.exchange(codeOf(answered)), 'invalid_grant');
            }
            // Without a code, oidc-provider shows an error, and the fast path leaves the request to it.
            else assert.equal(end, way === 'fast' ? 'interaction' : 'page 400');
          }
        }
      });
    }

    /** Moves the last use of the session into the past. */
    async function later({ person }: SignedIn, seconds: number): Promise<void> {
      const { knex } = app().services.db;
      const expires_at = knex.raw(`expires_at - interval '${seconds} seconds'`);
      await knex('sessions').where({ user_id: person.id }).update({ expires_at });
    }

    /** Does the work once, when the code of a request is about to be stored. */
    function beforeCode(t: TestContext, work: () => Promise<unknown>): () => void {
      const { shortLived } = app().services;
      const { put } = shortLived;
      let isDone = false;
      const { mock } = t.mock.method(shortLived, 'put', async (...args: Parameters<typeof put>) => {
        if (args[0] === 'AuthorizationCode' && !isDone) {
          isDone = true;
          await work();
        }
        return put(...args);
      });
      return () => mock.restore();
    }

    it('applies a registration that another process has changed', async () => {
      const { client, draft, send } = await signIn('fast');
      assert.equal(destinationOf(await send()), 'code');
      const { clientId, metadata } = client;
      const { db, invalidation } = other();
      for (const [redirectUri, end] of [
        ['https://rp.example/other', 'page 400'],
        [client.redirectUri, 'code'],
      ] as const) {
        const changed = { ...metadata, redirect_uris: [redirectUri] };
        await db.knex('clients').where({ client_id: clientId }).update({ metadata: changed });
        await invalidation.publish({ clientId });
        const request = write(draft);
        await until('changed', async () => {
          return destinationOf(await ways().send('engine', request)) === end;
        });
        await compareNavigations(ways(), end, request);
      }
    });

    it('applies a revocation by another process at once', async () => {
      for (const revoke of Object.values(revocations)) {
        const signedIn = await signIn('fast');
        assert.equal(destinationOf(await signedIn.send()), 'code');
        await revoke(other(), signedIn);
        const request = write(set('prompt', 'none')(signedIn.draft));
        const known = ways().count('authorization', 'direct');
        const fast = destinationOf(await ways().send('fast', request));
        assert.equal(ways().count('authorization', 'direct'), known);
        assert.equal(fast, destinationOf(await ways().send('engine', request)));
        assert.match(fast, /_required$/);
      }
    });
  },
);
