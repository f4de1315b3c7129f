// The revocations of everything of a user, requested at the second node.
import assert from 'node:assert/strict';
import { call, timed, type Act, type Outcome } from './revocation-types.ts';
import type { Source } from './credentials.ts';
import { openAccount, type Setup } from './subjects.ts';

const always = () => true;
const never = () => false;
const butPasskeys = (source: Source) => source !== 'passkey sign-in';
const withPassword: readonly Setup[] = ['password', 'email code', 'passkey'];
/** Later than any revocation, since credentials in its own response are valid. */
const last = Number.MAX_VALUE;
const timedBlockMilliseconds = 2500;
const newPassword = 'harbor pencil violet thunder';

export const everybodySignedOut: Act = {
  name: 'sign everyone out',
  reach: 'user',
  refusesProof: never,
  prepare: async ({ operator, subject, shared }) => {
    const work = call(operator, subject, 'POST', 'sign-everyone-out');
    return async () => ({ ...(await shared(work)), person: subject.person });
  },
};

export const actsOnUsers: readonly Act[] = [
  {
    name: 'permanent block',
    reach: 'user',
    refusesProof: always,
    prepare: async ({ operator, subject }) => {
      const path = `users/${subject.person.id}`;
      const block = call(operator, subject, 'POST', `${path}/block`, { reason: 'a test' });
      return async () => ({
        ...(await block()),
        worksFrom: Number.POSITIVE_INFINITY,
        reopen: async () => void (await call(operator, subject, 'POST', `${path}/unblock`)()),
      });
    },
  },
  {
    name: 'temporary block',
    reach: 'user',
    // The credential is valid again once the block has ended: a busy node may read it as late as that.
    refusesProof: never,
    prepare: async ({ operator, subject }) => {
      /** Allows for a busy machine that reaches the check late. */
      const block = async (milliseconds: number): Promise<Outcome> => {
        const until = new Date(Date.now() + milliseconds).toISOString();
        const worksFrom = performance.now() + milliseconds;
        const path = `users/${subject.person.id}/block`;
        const work = call(operator, subject, 'POST', path, { reason: 'a test', until });
        try {
          return { ...(await work()), worksFrom, sentAt: worksFrom, expiresAt: worksFrom };
        } catch (error) {
          if (milliseconds > 10 * timedBlockMilliseconds) throw error;
          return block(2 * milliseconds);
        }
      };
      return () => block(timedBlockMilliseconds);
    },
  },
  {
    name: 'password change',
    reach: 'user',
    refusesProof: butPasskeys,
    setups: withPassword,
    prepare: async ({ world, subject }) => {
      const { person, collection } = subject;
      const browser = await openAccount(world, subject);
      const before = browser.copy();
      collection.session({ source: 'preparation', begunAt: 0, session: 'acting' }, before);
      const page = await browser.open('/auth/account/password');
      return timed({ ...person, password: newPassword }, async () => {
        const fields = { current: person.password, password: newPassword };
        const done = await page.press('continue', fields);
        assert.equal(done.url.pathname, '/auth/account/activity', done.text);
        collection.session(
          { source: 'the revocation itself', begunAt: last, session: 'acting' },
          browser,
        );
      });
    },
  },
  {
    name: 'password reset by email',
    reach: 'user',
    refusesProof: butPasskeys,
    setups: withPassword,
    prepare: async ({ world, subject: { person } }) => {
      const browser = world.browser(1);
      const start = await browser.open('/auth/recover');
      await start.press('recover', { email: person.email });
      const text = await world.mailTo(person.email, /\/recover\/link\//);
      const page = await browser.open(/https:\S+\/recover\/link\/\S+/.exec(text)?.[0] ?? '');
      return timed({ ...person, password: newPassword }, async () => {
        const done = await page.press('continue', { password: newPassword });
        assert.equal(done.url.pathname, '/auth/sign-in', done.text);
      });
    },
  },
  {
    name: 'account deletion on the account page',
    reach: 'user',
    refusesProof: never,
    setups: ['password', 'email code'],
    prepare: async ({ world, subject }) => {
      const browser = await openAccount(world, subject);
      const page = await browser.open('/auth/account/delete');
      return timed(subject.person, async () => {
        const done = await page.press('delete', { password: subject.person.password });
        assert.ok(done.has('signed-out'), done.text);
      });
    },
  },
  {
    name: 'user deletion',
    reach: 'user',
    refusesProof: always,
    prepare: async ({ world: { nodes }, subject: { person } }) => {
      const services = nodes.services;
      const user = await services.users.findById(person.id);
      assert.ok(user);
      const erase = () => services.deletion.deleteNow(user, { kind: 'operator' });
      const work = timed(person, erase);
      return async () => ({ ...(await work()), worksFrom: Number.POSITIVE_INFINITY });
    },
  },
  {
    name: 'revocation of all tokens of the user',
    reach: 'user',
    refusesProof: never,
    prepare: async ({ operator, subject }) =>
      call(operator, subject, 'POST', `users/${subject.person.id}/revoke-tokens`),
  },
  {
    name: 'sign-out of the user everywhere',
    reach: 'user',
    refusesProof: never,
    prepare: async ({ operator, subject }) =>
      call(operator, subject, 'DELETE', `users/${subject.person.id}/sessions`),
  },
];
