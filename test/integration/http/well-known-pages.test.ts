// URLs that browsers and password managers request by convention, at the root of the host.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

describeApp('URL that clients know by convention', {}, (app) => {
  it('/.well-known/change-password redirects to the password page', async () => {
    const { issuer, send } = app();

    const answer = await send(`${issuer}/.well-known/change-password`);
    const absent = await send(
      `${issuer}/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200`,
    );

    assert.equal(answer.status, 303);
    const target = new URL(answer.headers.get('location') ?? '', issuer).href;
    assert.equal(target, `${issuer}/auth/account/password`);
    assert.equal(absent.status, 404);
  });

  it('/favicon.ico is an icon', async () => {
    const { issuer, send } = app();

    const answer = await send(`${issuer}/favicon.ico`);

    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/x-icon');
    assert.deepEqual([...new Uint8Array(await answer.arrayBuffer()).slice(0, 4)], [0, 0, 1, 0]);
  });
});
