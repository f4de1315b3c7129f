// The revocations of one session or of the access of one client, requested at the second node.
import assert from 'node:assert/strict';
import { call, timed, type Act } from './revocation-types.ts';
import type { Subject } from './subjects.ts';

const always = () => true;
const never = () => false;

export const actsOnParts: readonly Act[] = [
  {
    name: 'end of a session by an operator',
    reach: 'held session',
    refusesProof: never,
    prepare: async ({ operator, subject }) => {
      const uid = await heldSessionUid(subject);
      return call(operator, subject, 'DELETE', `sessions/${uid}`);
    },
  },
  {
    name: 'sign-out in the browser',
    reach: 'signed-out session',
    refusesProof: never,
    prepare: async ({ world, subject }) => {
      const { held, heldIdToken, target, person } = subject;
      const browser = held.copy().through(world.sends[1]);
      return timed(person, async () => {
        const done = await browser.open(target.at[1].logoutUrl({ id_token_hint: heldIdToken }));
        assert.ok(done.has('signed-out'), done.text);
      });
    },
  },
  {
    name: 'removal of a client on the account page',
    reach: 'app',
    refusesProof: always,
    prepare: async ({ world, subject }) => {
      const browser = subject.idle.copy().through(world.sends[1]);
      const page = await browser.open('/auth/account/apps');
      return timed(subject.person, async () => {
        const done = await page.press('revoke-1');
        assert.equal(done.url.pathname, '/auth/account/apps', done.text);
      });
    },
  },
  {
    name: 'revocation of a grant',
    reach: 'grant',
    refusesProof: never,
    prepare: async ({ operator, subject }) => {
      const { person } = subject;
      const { body } = await operator.get(`users/${person.id}/grants`);
      // The user has one grant for the target client.
      const [grant] = body['items'] as { id: string }[];
      return call(operator, subject, 'DELETE', `grants/${grant?.id}`);
    },
  },
  {
    name: 'block of the client',
    reach: 'blocked app',
    refusesProof: always,
    prepare: async ({ operator, subject }) => {
      const path = `clients/${subject.target.at[0].app.clientId}`;
      const block = call(operator, subject, 'POST', `${path}/block`);
      return async () => ({
        ...(await block()),
        reopen: async () => void (await call(operator, subject, 'POST', `${path}/unblock`)()),
      });
    },
  },
  {
    name: 'revocation of all grants of the client',
    reach: 'app',
    refusesProof: always,
    prepare: async ({ operator, subject }) =>
      call(operator, subject, 'DELETE', `clients/${subject.target.at[0].app.clientId}/grants`),
  },
];

/** Uses the browser of the held session, whose page lists its own session first. */
async function heldSessionUid({ held }: Subject): Promise<string> {
  const { html, text } = await held.copy().open('/auth/account/sessions');
  const [, uid] = /\/auth\/account\/sessions\/([^/"]+)\/end"/.exec(html) ?? [];
  assert.ok(uid !== undefined && uid !== '', text);
  return uid;
}
