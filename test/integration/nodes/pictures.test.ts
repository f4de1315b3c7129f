// Pictures on two nodes: uploads at the same time, and a picture that every node serves.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { atOnce } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { aPicture, formTokenOf, multipart, postPicture } from '#test/support/steps/pictures.ts';

describeNodes('pictures on two nodes', {}, (nodes) => {
  it('leaves exactly one of many simultaneous uploads, which the claim names', async () => {
    const rp = await nodes().relyingParty();
    const person = await nodes().createUser();
    const login = await rp.login(person, { scope: 'openid profile' });
    const formToken = await formTokenOf(login.browser);
    const files = await Promise.all(
      ['#ff0000', '#00ff00', '#0000ff'].map((background) => aPicture({ background })),
    );
    const { issuer, services } = nodes();

    const answers = await atOnce((turn) =>
      postPicture(
        { issuer, send: nodes().at(turn % 2).send },
        login.browser,
        multipart([
          { name: 'form_token', value: formToken },
          { name: 'picture', value: files[turn % files.length] ?? '', fileName: 'me.png' },
        ]),
      ),
    );

    const saved = answers.filter(({ status }) => status === 303).length;
    const refused = answers.filter(({ status }) => status === 503).length;
    assert.ok(saved > 0);
    const statuses = answers.map(({ status }) => status).join(' ');
    assert.equal(saved + refused, answers.length, statuses);
    const rows = await services.db.knex('user_pictures').where({ user_id: person.id });
    assert.equal(rows.length, 1);
    const picture = String((await rp.userinfo(login)).picture);
    assert.equal(picture, `${issuer}/auth/pictures/${rows[0].key}.jpg`);
    const served = await Promise.all([0, 1].map((node) => nodes().at(node).send(picture)));
    for (const answer of served) {
      assert.equal(answer.status, 200);
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(rows[0].large));
    }
  });
});
