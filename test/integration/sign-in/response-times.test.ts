// Response times do not reveal whether an account exists. The test compares medians of many
// samples taken in alternation, so that other load on the machine affects all of them alike.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';

const samples = 200;
const tolerableMilliseconds = 5;
const password = 'lantern copper walnut drizzle';

/** One request to measure. */
type Sample = () => Promise<Response>;

async function measure(cases: Readonly<Record<string, Sample>>) {
  const names = Object.keys(cases);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  const answers = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  for (let turn = 0; turn < samples; turn += 1) {
    // Each round starts with another request, so that the order does not affect the result.
    const order = [...names.slice(turn % names.length), ...names.slice(0, turn % names.length)];
    for (const name of order) {
      const start = performance.now();
      const answer = await cases[name]?.();
      times.get(name)?.push(performance.now() - start);
      answers.get(name)?.add(String(answer?.status));
    }
  }
  return { times, answers };
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

async function assertEqualTimes(
  t: TestContext,
  cases: Readonly<Record<string, Sample>>,
): Promise<void> {
  const { times, answers } = await measure(cases);

  const medians = Object.fromEntries([...times].map(([name, all]) => [name, medianOf(all)]));
  const shown = JSON.stringify(medians);
  t.diagnostic(`medians in milliseconds: ${shown}`);
  const [fastest, slowest] = [Math.min, Math.max].map((pick) => pick(...Object.values(medians)));
  assert.ok(Number(slowest) - Number(fastest) <= tolerableMilliseconds, shown);
  assert.equal(new Set([...answers.values()].map((each) => [...each].join())).size, 1);
}

/** Submits one form repeatedly with different values. */
function sender(app: TestApp, page: Page, cookie: string) {
  const fields = Object.fromEntries(page.form('form_token').fields);
  return (values: Readonly<Record<string, string>>): Promise<Response> => {
    const body = new URLSearchParams({ ...fields, ...values });
    const headers = { cookie, origin: app.issuer };
    return app.send(page.url, { method: 'POST', body, headers });
  };
}

async function aSender(app: TestApp, path: string) {
  const browser = app.browser();
  const page = await browser.open(path);
  return sender(app, page, browser.cookies.header(page.url));
}

async function addresses(app: TestApp) {
  const known = await app.createUser({ emailVerified: true });
  const unverified = await app.createUser();
  const blocked = await app.createUser({ emailVerified: true });
  await app.block(blocked.id);
  const unknown = 'unknown.user@example.com';
  return { known: known.email, unknown, blocked: blocked.email, unverified: unverified.email };
}

describeApp('sign-in', {}, (app) => {
  it('takes the same time for every address and every wrong password', async (t) => {
    const send = await aSender(app(), '/auth/sign-in');
    const wrong = { wrong: 'not the right password', one: 'x', long: 'x'.repeat(64) };

    const cases = Object.entries(await addresses(app())).flatMap(([whose, login]) =>
      Object.entries(wrong).map(
        ([kind, typed]) => [`${whose}, ${kind}`, () => send({ login, password: typed })] as const,
      ),
    );

    await assertEqualTimes(t, Object.fromEntries(cases));
  });
});

describeApp('registration', { settings: { EMAIL_VERIFICATION: 'required' } }, (app) => {
  it('takes the same time for known and unknown addresses', async (t) => {
    const send = await aSender(app(), '/auth/register');

    const cases = Object.entries(await addresses(app())).map(
      ([whose, email]) => [whose, () => send({ name: '', email, password })] as const,
    );

    await assertEqualTimes(t, Object.fromEntries(cases));
  });
});

for (const [what, path] of [
  ['password reset request', '/auth/recover'],
  ['request for a sign-in email', '/auth/sign-in/mail'],
] as const) {
  describeApp(what, {}, (app) => {
    it('takes the same time for known and unknown addresses', async (t) => {
      const send = await aSender(app(), path);

      const cases = Object.entries(await addresses(app())).map(
        ([whose, email]) => [whose, () => send({ email })] as const,
      );

      await assertEqualTimes(t, Object.fromEntries(cases));
    });
  });
}
