// Single use of a TOTP code and of a recovery code across two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';
import { atOnce } from '#test/support/data/outcomes.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

/**
 * Twenty browsers on both nodes, each with the password accepted, submit the same code at the same
 * time.
 */
async function inside(
  nodes: Nodes,
  take: (codes: Awaited<ReturnType<typeof setUpCodes>>) => string,
) {
  const person = await nodes.createUser();
  const browser = nodes.browser();
  await signInOwn(browser, person);
  const codes = await setUpCodes(browser, person);
  const pages = await atOnce((turn) => signInOwn(nodes.browser(nodes.at(turn)), person));
  const code = take(codes);
  const ends = await Promise.all(pages.map((page) => page.press('verify', { code })));
  return ends.filter(({ url }) => url.pathname === '/auth/account').length;
}

describeNodes('second factor on two nodes', {}, (nodes) => {
  it('accepts a TOTP code from exactly one of twenty browsers (RFC 6238 §5.2)', async () => {
    // The code used for enrollment is consumed; the code of the next time step is accepted early.
    assert.equal(await inside(nodes(), ({ secret }) => codeOf(secret, 1)), 1);
  });

  it('accepts a recovery code from exactly one of twenty browsers', async () => {
    assert.equal(await inside(nodes(), ({ recoveryCodes }) => recoveryCodes[0] ?? ''), 1);
  });
});
