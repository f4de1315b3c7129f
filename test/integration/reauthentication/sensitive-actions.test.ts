// Compares the table of sensitive actions with the routes, and attacks each of them with a stolen
// cookie and, if there is one, the password, but without the account's strongest factor.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { otherForms, sensitiveActs } from '#features/reauthentication/protected-actions.ts';
import { startTestApp, type TestApp } from '#test/support/app.ts';
import { recordRoutes } from '#test/support/route-recorder.ts';
import { holdClock } from '#test/support/clock.ts';
import { startAppWithProviders } from '#test/support/steps/federation.ts';
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
} from '#test/support/steps/reauthentication.ts';

const hourSeconds = 60 * 60;
const sensitiveRoutes = Object.values(sensitiveActs).flatMap(({ routes }) => [...routes]);

describe('the forms of the account pages', () => {
  it('are all listed as sensitive actions or exempted with a reason', async (t) => {
    const routes = await recordRoutes(t);
    await startTestApp(t);
    const isForm = /^POST \/auth\/(?:account|with)\//;
    const elsewhere = ['POST /auth/interaction/:uid/with/link/confirm'];

    const forms = routes.names().filter((route) => isForm.test(route));

    const known = [...sensitiveRoutes, ...Object.keys(otherForms)];
    assert.deepEqual([...forms, ...elsewhere].toSorted(), known.toSorted());
  });
});

/** Form fields that would perform each action if it were allowed. */
async function fieldsFor(app: TestApp, { id, password }: Owner): Promise<Record<string, string>> {
  const { knex } = app.services.db;
  const [passkey] = await app.services.passkeys.list(id);
  const [identity]: { id: string }[] = await knex('identities').where({ user_id: id });
  return {
    current: password,
    password: password === '' ? 'a wholly different phrase' : password,
    email: `attacker.${id}@example.org`,
    act: 'remove',
    code: '',
    answer: '{}',
    name: 'renamed by an attacker',
    passkey: passkey?.id ?? '',
    identity: identity?.id ?? '',
    purpose: 'link',
    decision: 'link',
    back: 'linked',
  };
}

/** Routes of an interaction need an authorization request in progress, which this browser lacks. */
const isOutsideInteraction = (route: string) => !route.includes('/interaction/');

async function assertNothingChanges(app: TestApp, owner: Owner): Promise<void> {
  const attacker = owner.browser.copy();
  const before = await stateOf(app, owner.id);
  const fields = await fieldsFor(app, owner);
  for (const route of sensitiveRoutes.filter(isOutsideInteraction)) {
    const path = route.replace('POST ', '').replace(':provider', 'google');
    const answer = await post(app, attacker, path, fields);
    const to = answer.headers.get('location') ?? '';
    assert.ok(answer.status === 303 || answer.status === 403 || answer.status === 422, path);
    assert.equal(to.startsWith('http') && !to.startsWith(app.issuer), false, `${path} leads away`);
    assert.equal(await stateOf(app, owner.id), before, path);
  }
}

describe('every sensitive action', () => {
  it('is refused without the TOTP code if the account has TOTP', async (t) => {
    const clock = holdClock(t);
    const { app } = await startAppWithProviders(t);
    const { person, secret, ...owner } = await withCodes(app);
    clock.advance(hourSeconds);
    const browser = await signInWithCode(app, person, codeOf(secret));
    clock.advance(hourSeconds);
    await assertNothingChanges(app, { ...owner, browser });
  });

  it('is refused without the passkey if the account has one', async (t) => {
    const clock = holdClock(t);
    const { app } = await startAppWithProviders(t, { host: 'localhost' });
    const owner = await withOnePasskey(app);
    clock.advance(hourSeconds);
    await assertNothingChanges(app, owner);
  });

  it('is refused without the password if the account has only a password', async (t) => {
    const clock = holdClock(t);
    const { app } = await startAppWithProviders(t);
    const owner = await withPasswordAlone(app);
    clock.advance(hourSeconds);
    await assertNothingChanges(app, owner);
  });

  it('is refused without a sign-in at the identity provider if only one is linked', async (t) => {
    const clock = holdClock(t);
    const { app, other } = await startAppWithProviders(t);
    const owner = await withLinkedAlone(app, other);
    clock.advance(hourSeconds);
    await assertNothingChanges(app, owner);
  });
});
