// The table of sensitive acts, held against the routes, and against a thief in front of each of them:
// with a copied cookie and the password where there is one, but without the account's strongest factor.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { otherForms, sensitiveActs } from '#features/reauthentication/protected-actions.ts';
import { startTestApp, type TestApp } from '#test/app.ts';
import { recordRoutes } from '#test/house/route-walk.ts';
import { holdClock } from '#test/stage/clock.ts';
import { startAppWithOthers } from '#test/roles/with-others.ts';
import {
  codeOf,
  post,
  signInWithCode,
  stateOf,
  withCodes,
  withLinkedAlone,
  withOnePasskey,
  withPasswordAlone,
  type Owner,
} from './reauthentication-steps.ts';

const hourSeconds = 60 * 60;
const sensitiveRoutes = Object.values(sensitiveActs).flatMap(({ routes }) => [...routes]);

describe('the forms of an account', () => {
  it('are in the table of sensitive acts, or declared to be none with a reason', async (t) => {
    const routes = await recordRoutes(t);
    const { installation } = await startTestApp(t);
    const isForm = /^POST \/auth\/(?:account|with)\//;
    const elsewhere = ['POST /auth/interaction/:uid/with/link/confirm'];

    const forms = routes.list(installation).filter((route) => isForm.test(route));

    const known = [...sensitiveRoutes, ...Object.keys(otherForms)];
    assert.deepEqual([...forms, ...elsewhere].toSorted(), known.toSorted());
  });
});

/** Fields that would do each act, were it allowed. */
async function fieldsFor(app: TestApp, { id, password }: Owner): Promise<Record<string, string>> {
  const { knex } = app.installation.db;
  const [passkey] = await app.installation.services.passkeys.list(id);
  const [identity]: { id: string }[] = await knex('identities').where({ user_id: id });
  return {
    current: password,
    password: password === '' ? 'a wholly different phrase' : password,
    email: `thief.${id}@example.org`,
    act: 'remove',
    code: '',
    answer: '{}',
    name: 'renamed by a thief',
    passkey: passkey?.id ?? '',
    identity: identity?.id ?? '',
    purpose: 'link',
    decision: 'link',
    back: 'linked',
  };
}

/** Part of a sign-in, which this browser is not in. */
const isOfASession = (route: string) => !route.includes('/interaction/');

async function assertNothingChanges(app: TestApp, owner: Owner): Promise<void> {
  const thief = owner.browser.copy();
  const before = await stateOf(app, owner.id);
  const fields = await fieldsFor(app, owner);
  for (const route of sensitiveRoutes.filter(isOfASession)) {
    const path = route.replace('POST ', '').replace(':provider', 'google');
    const answer = await post(app, thief, path, fields);
    const to = answer.headers.get('location') ?? '';
    assert.ok(answer.status === 303 || answer.status === 403 || answer.status === 422, path);
    assert.equal(to.startsWith('http') && !to.startsWith(app.issuer), false, `${path} leads away`);
    assert.equal(await stateOf(app, owner.id), before, path);
  }
}

describe('each sensitive act refuses a thief', () => {
  it('of an account with codes who has no code', async (t) => {
    const clock = holdClock(t);
    const { app } = await startAppWithOthers(t);
    const { person, secret, ...owner } = await withCodes(app);
    clock.advance(hourSeconds);
    const browser = await signInWithCode(app, person, codeOf(secret));
    clock.advance(hourSeconds);
    await assertNothingChanges(app, { ...owner, browser });
  });

  it('of an account with a passkey who has no passkey', async (t) => {
    const clock = holdClock(t);
    const { app } = await startAppWithOthers(t, { host: 'localhost' });
    const owner = await withOnePasskey(app);
    clock.advance(hourSeconds);
    await assertNothingChanges(app, owner);
  });

  it('of an account with a password alone who does not know it', async (t) => {
    const clock = holdClock(t);
    const { app } = await startAppWithOthers(t);
    const owner = await withPasswordAlone(app);
    clock.advance(hourSeconds);
    await assertNothingChanges(app, owner);
  });

  it('of an account with a linked account alone who is not signed in there', async (t) => {
    const clock = holdClock(t);
    const { app, other } = await startAppWithOthers(t);
    const owner = await withLinkedAlone(app, other);
    clock.advance(hourSeconds);
    await assertNothingChanges(app, owner);
  });
});
