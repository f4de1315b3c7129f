import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context } from '#http/context.ts';
import { createNoticeCookie } from '#http/notice-cookie.ts';

const name = 'ostiary-notice';
const issuerUrl = new URL('http://localhost:3000');
const notices = createNoticeCookie({ issuerUrl, cookieKeys: ['new', 'old'] });

/** A request of a browser with this cookie, and what the response sets. */
function aRequest(cookie?: string) {
  const set = new Map<string, string | null>();
  const cookies = {
    get: () => cookie,
    set: (key: string, value: string | null) => void set.set(key, value),
  };
  // True because the cookie uses only these two members of the context.
  const ctx = { cookies, state: {} } as unknown as Context;
  return { ctx, set };
}

function cookieOf(signer = notices): string {
  const { ctx, set } = aRequest();
  signer.set(ctx, 'account.notice.passkey_added');
  return set.get(name) ?? '';
}

describe('createNoticeCookie', () => {
  it('carries a notice to the next request and is cleared there', () => {
    const { ctx, set } = aRequest(cookieOf());

    assert.equal(notices.take(ctx), 'account.notice.passkey_added');
    assert.deepEqual([...set], [[name, null]]);
  });

  it('shows a notice in the same response', () => {
    const { ctx, set } = aRequest();
    notices.set(ctx, 'account.notice.linked');

    assert.equal(notices.take(ctx), 'account.notice.linked');
    assert.equal(set.get(name), null);
  });

  it('accepts the signature of an earlier key', () => {
    const cookie = cookieOf(createNoticeCookie({ issuerUrl, cookieKeys: ['old'] }));

    assert.equal(notices.take(aRequest(cookie).ctx), 'account.notice.passkey_added');
  });

  it('ignores and clears a value with an invalid signature', () => {
    const forged = cookieOf().replace('passkey_added', 'unlinked');
    const foreign = cookieOf(createNoticeCookie({ issuerUrl, cookieKeys: ['unknown'] }));

    for (const value of [forged, foreign, 'account.notice.linked', '~', '']) {
      const { ctx, set } = aRequest(value);
      assert.equal(notices.take(ctx), undefined, value);
      assert.equal(set.get(name), null, value);
    }
  });

  it('sets no cookie in a request without a notice', () => {
    const { ctx, set } = aRequest();

    assert.equal(notices.take(ctx), undefined);
    assert.equal(set.size, 0);
  });
});
