// Regular expressions in the configuration, applied to input that causes catastrophic
// backtracking.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createApiClient } from '#test/support/actors/api-client.ts';

const properties = {
  nested: { type: 'string', pattern: '^(a+)+$' },
  alternating: { type: 'string', pattern: '^(a|a)*$' },
  bounded: { type: 'string', pattern: '^[a-c]*$', maxLength: 10 },
  mail: { type: 'string', format: 'email' },
};
const schema = {
  type: 'object',
  properties,
  patternProperties: { '^(b+)+$': { type: 'string' } },
  additionalProperties: false,
};
const settings = {
  SUPPLEMENTS: JSON.stringify([
    { namespace: 'codes', title: 'Codes', schema, api: { read: '*', write: '*' } },
  ]),
};

/** CPU seconds that are ample for one request on any machine and under any load. */
const plenty = 0.5;

describeApp('regular expression in a schema of custom attributes', { settings }, (app) => {
  async function put(value: object) {
    const person = await app().createUser();
    const api = await createApiClient(app());
    const path = `users/${person.id}/supplements/codes`;
    const started = process.cpuUsage();
    const answer = await api.call('PUT', path, { body: value, headers: { 'if-none-match': '*' } });
    const { user, system } = process.cpuUsage(started);
    return { answer, seconds: (user + system) / 1e6 };
  }

  for (const [what, value] of [
    ['nested repetition', { nested: `${'a'.repeat(30)}!` }],
    ['identical alternatives', { alternating: `${'a'.repeat(30)}!` }],
    ['a member name', { [`${'b'.repeat(30)}!`]: 'x' }],
    ['an email address', { mail: 'a'.repeat(15_000) }],
  ] as const) {
    it(`does not block the process with ${what}`, async () => {
      const { answer, seconds } = await put(value);

      assert.equal(answer.status, 400, answer.text);
      assert.ok(seconds < plenty, `${seconds} s`);
    });
  }

  it('still accepts a matching value', async () => {
    const { answer } = await put({ nested: 'aaa', alternating: 'a', bounded: 'abc', bbb: 'x' });

    assert.equal(answer.status, 200, answer.text);
  });

  it('is not applied to a string that exceeds maxLength', async () => {
    const { answer } = await put({ bounded: 'x'.repeat(11) });

    assert.match(answer.text, /more than 10 characters/);
    assert.doesNotMatch(answer.text, /pattern/);
  });
});
