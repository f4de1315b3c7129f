// One code, of the app or from paper, on two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeOf, setUpCodes } from '#test/roles/totp.ts';
import { atOnce } from '#test/roles/outcomes.ts';
import { signInOwn } from '#test/roles/passkeys/steps.ts';
import type { Nodes } from '#test/rig/nodes.ts';
import { describeNodes } from '#test/rig/suite.ts';

/** Twenty browsers on both nodes that have given the password, and send the same code at once. */
async function inside(
  nodes: Nodes,
  take: (codes: Awaited<ReturnType<typeof setUpCodes>>) => string,
) {
  const person = await nodes.aPerson();
  const browser = nodes.browser();
  await signInOwn(browser, person);
  const codes = await setUpCodes(browser, person);
  const pages = await atOnce((turn) => signInOwn(nodes.browser(nodes.at(turn)), person));
  const code = take(codes);
  const ends = await Promise.all(pages.map((page) => page.press('verify', { code })));
  return ends.filter(({ url }) => url.pathname === '/auth/account').length;
}

describeNodes('a second proof is good once, on however many nodes (G26)', {}, (nodes) => {
  it('as a code from the app', async () => {
    // The code that set it up is spent; the next one may be early.
    assert.equal(await inside(nodes(), ({ secret }) => codeOf(secret, 1)), 1);
  });

  it('as a recovery code', async () => {
    assert.equal(await inside(nodes(), ({ recoveryCodes }) => recoveryCodes[0] ?? ''), 1);
  });
});
