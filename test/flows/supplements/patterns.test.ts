// Patterns of operators on texts that somebody made to be slow for engines that backtrack.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/app.ts';
import { createApiClient } from '#test/roles/api-client.ts';

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

/** Seconds of a processor that are plenty for a request, on any machine and under any load. */
const plenty = 0.5;

describeApp('a pattern of an operator', { settings }, (app) => {
  async function put(value: object) {
    const person = await app().aPerson();
    const api = await createApiClient(app());
    const path = `users/${person.id}/supplements/codes`;
    const started = process.cpuUsage();
    const answer = await api.call('PUT', path, { body: value, headers: { 'if-none-match': '*' } });
    const { user, system } = process.cpuUsage(started);
    return { answer, seconds: (user + system) / 1e6 };
  }

  for (const [what, value] of [
    ['nested repetition', { nested: `${'a'.repeat(30)}!` }],
    ['alternatives that are the same', { alternating: `${'a'.repeat(30)}!` }],
    ['a name of a member', { [`${'b'.repeat(30)}!`]: 'x' }],
    ['an address', { mail: 'a'.repeat(15_000) }],
  ] as const) {
    it(`does not occupy the process with ${what}`, async () => {
      const { answer, seconds } = await put(value);

      assert.equal(answer.status, 400, answer.text);
      assert.ok(seconds < plenty, `${seconds} s`);
    });
  }

  it('still accepts what it describes', async () => {
    const { answer } = await put({ nested: 'aaa', alternating: 'a', bounded: 'abc', bbb: 'x' });

    assert.equal(answer.status, 200, answer.text);
  });

  it('is not asked about a text that maxLength refuses', async () => {
    const { answer } = await put({ bounded: 'x'.repeat(11) });

    assert.match(answer.text, /more than 10 characters/);
    assert.doesNotMatch(answer.text, /pattern/);
  });
});
