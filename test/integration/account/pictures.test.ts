// The picture of a user: upload, claim, caching, removal, erasure, and what an upload may contain.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import sharp from 'sharp';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { createExpiredRowStore } from '#features/cleanup/expired-rows.store.ts';
import { profileTables } from '#features/profile/profile-tables.store.ts';
import { withCopy, parseCopy, signedIn } from '#test/support/steps/data-export.ts';
import {
  aPicture,
  formTokenOf,
  multipart,
  multipartType,
  pictureOf,
  postPicture,
  uploadPicture,
} from '#test/support/steps/pictures.ts';

const profilePath = '/auth/account/profile';

async function picturesOf(app: TestApp, userId: string): Promise<readonly unknown[]> {
  return app.services.db.knex('user_pictures').where({ user_id: userId });
}

describeOnEachArrangement('a picture', (app) => {
  it('is stored, named by the claim, shown on the account pages and removable', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const login = await rp.login(person, { scope: 'openid profile' });
    const { browser } = login;

    const saved = await uploadPicture(app(), browser, await aPicture());

    assert.equal(saved.status, 303);
    assert.equal(saved.headers.get('location'), profilePath);
    const picture = String((await rp.userinfo(login)).picture);
    assert.match(picture, new RegExp(`^${app().issuer}/auth/pictures/[\\w-]{43}\\.jpg$`));
    const answer = await app().send(picture);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=604800, immutable');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.equal(answer.headers.get('set-cookie'), null);
    const { width, height } = await sharp(await answer.arrayBuffer()).metadata();
    assert.deepEqual([width, height], [512, 512]);
    const small = new URL(picture).pathname.replace('.jpg', '-small.jpg');
    assert.equal((await app().send(new URL(small, app().issuer))).status, 200);
    const account = await browser.open('/auth/account');
    assert.equal(account.html.split(`src="${small}"`).length - 1, 2, 'banner and navigation');

    const removed = await (await browser.open(profilePath)).press('remove-picture');

    assert.equal(removed.has('remove-picture'), false, removed.text);
    assert.equal((await rp.userinfo(login)).picture, undefined);
    assert.equal((await app().send(picture)).status, 404);
    assert.deepEqual(await picturesOf(app(), person.id), []);
  });
});

describeApp('a picture', {}, (app) => {
  it('has a new URL when it is replaced, and the old one is gone', async () => {
    const { person, browser } = await signedIn(app());
    await uploadPicture(app(), browser, await aPicture());
    const before = await pictureOf(app(), person.id);

    await uploadPicture(app(), browser, await aPicture({ background: '#0000ff' }));

    const after = await pictureOf(app(), person.id);
    assert.notEqual(after, before);
    assert.equal((await app().send(before)).status, 404);
    assert.equal((await app().send(after)).status, 200);
    assert.equal((await picturesOf(app(), person.id)).length, 1);
  });

  it('is in the data export, and erased with the account', async () => {
    const { person, browser } = await withCopy(app());
    await uploadPicture(app(), browser, await aPicture());
    const picture = await pictureOf(app(), person.id);
    const bytes = Buffer.from(await (await app().send(picture)).arrayBuffer());
    await app().services.db.knex('account_exports').where({ user_id: person.id }).delete();
    const asked = await (await browser.open('/auth/account/export')).press('request');
    assert.ok(asked.has('making'), asked.text);
    await app().services.exportWriter.makeDue();
    const file = await (await browser.open('/auth/account/export')).press('download');
    const [copy] = parseCopy(file.html).data['picture'] as { type: string; base64: string }[];
    assert.equal(copy?.type, 'image/jpeg');
    assert.ok(Buffer.from(copy?.base64 ?? '', 'base64').equals(bytes));

    const by = { kind: 'operator' } as const;
    const user = await app().services.users.findById(person.id);
    assert.ok(user);
    await app().services.deletion.deleteNow(user, by);

    assert.equal((await app().send(picture)).status, 404);
    assert.deepEqual(await picturesOf(app(), person.id), []);
  });

  it('is not served after an operator set another claim, and removed by the cleanup', async () => {
    const { person, browser } = await signedIn(app());
    await uploadPicture(app(), browser, await aPicture());
    const picture = await pictureOf(app(), person.id);
    const change = { email: undefined, isVerified: false } as const;
    const claims = { picture: 'https://pictures.example/ann.png' };
    await app().services.userAdministration.update(
      person.id,
      { ...change, claims },
      { kind: 'operator' },
    );

    assert.equal((await app().send(picture)).status, 404);
    const profile = await browser.open(profilePath);
    assert.match(profile.text, /Your picture comes from pictures\.example/);
    assert.doesNotMatch(profile.html, /src="https:/);
    const expired = createExpiredRowStore(app().services.db, profileTables);
    const days = (count: number) => new Date(Date.now() + count * 24 * 60 * 60 * 1000);
    await expired.removeBatch(days(0));
    assert.equal((await picturesOf(app(), person.id)).length, 1, 'kept for a day');
    await expired.removeBatch(days(2));
    assert.deepEqual(await picturesOf(app(), person.id), []);
  });
});

describeApp('an upload', {}, (app) => {
  it('shows its problem on the page', async () => {
    const { person, browser } = await signedIn(app());
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
    const cases: readonly (readonly [Buffer, RegExp])[] = [
      [Buffer.alloc(0), /Choose a picture first/],
      [Buffer.from(svg), /PNG, JPEG, WebP or GIF/],
      [await aPicture({ width: 50, height: 50 }), /100 to 10,000 pixels/],
      [(await aPicture({ format: 'jpeg' })).subarray(0, 200), /can’t be read/],
      [Buffer.alloc(10 * 1024 * 1024 + 1), /too large/],
    ];
    for (const [bytes, expected] of cases) {
      const answer = await uploadPicture(app(), browser, bytes);
      assert.equal(answer.status, 422);
      assert.match(await answer.text(), expected);
    }
    assert.equal(await pictureOf(app(), person.id), '');
  });

  it('requires the form token, our own page and a session', async () => {
    const { person, browser } = await signedIn(app());
    const formToken = await formTokenOf(browser);
    const bytes = await aPicture();
    const body = (token: string) =>
      multipart([
        { name: 'form_token', value: token },
        { name: 'picture', value: bytes, fileName: 'me.png' },
      ]);

    assert.equal((await postPicture(app(), browser, body('x.y'))).status, 403);
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    assert.equal((await postPicture(app(), browser, body(formToken), foreign)).status, 403);
    const stranger = await postPicture(app(), app().browser(), body(formToken));
    assert.equal(stranger.headers.get('location'), '/auth/sign-in');
    assert.equal(await pictureOf(app(), person.id), '');
    assert.equal((await postPicture(app(), browser, body(formToken))).status, 303);
  });

  it('is refused unless it is one complete form with the expected parts', async () => {
    const { person, browser } = await signedIn(app());
    const token = { name: 'form_token', value: await formTokenOf(browser) };
    const file = { name: 'picture', value: await aPicture(), fileName: 'me.png' };
    const bodies: Readonly<Record<string, Buffer>> = {
      'a second file': multipart([token, file, file]),
      'another file field': multipart([token, { ...file, name: 'avatar' }]),
      'a repeated token': multipart([token, token, file]),
      'many fields': multipart([
        token,
        ...['a', 'b', 'c', 'd'].map((name) => ({ ...token, name })),
      ]),
      'a picture that is no file': multipart([token, { name: 'picture', value: 'text' }]),
      'a long value': multipart([{ ...token, value: 'x'.repeat(1000) }, file]),
      'a missing end': multipart([token, file], { isComplete: false }),
      'a NUL': multipart([{ name: 'form_token', value: 'a\0b' }, file]),
    };
    for (const [name, body] of Object.entries(bodies)) {
      assert.equal((await postPicture(app(), browser, body)).status, 400, name);
    }
    for (const type of ['multipart/form-data', `${multipartType}; boundary=another`]) {
      const answer = await postPicture(app(), browser, multipart([token, file]), {
        'content-type': type,
      });
      assert.ok([400, 403].includes(answer.status), `${type}: ${answer.status}`);
    }
    for (const type of ['application/x-www-form-urlencoded', 'application/json', 'image/png']) {
      const answer = await postPicture(app(), browser, Buffer.from('a=b'), {
        'content-type': type,
      });
      assert.ok([400, 415].includes(answer.status), `${type}: ${answer.status}`);
    }
    const compressed = { 'content-encoding': 'gzip' };
    const packed = await postPicture(app(), browser, multipart([token, file]), compressed);
    assert.equal(packed.status, 415);
    assert.equal(await pictureOf(app(), person.id), '');
  });

  it('does not change the body limit of any other form', async () => {
    const { browser } = await signedIn(app());
    const url = new URL(profilePath, app().issuer);
    const answer = await app().send(url, {
      method: 'POST',
      body: Buffer.alloc(200_000, 'x'),
      headers: { 'content-type': multipartType, cookie: browser.cookies.header(url) },
    });
    assert.equal(answer.status, 413);
  });
});
