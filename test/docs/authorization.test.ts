// The example in docs/authorization.md works as printed.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { readSection } from '#test/support/docs/printed-commands.ts';

const page = 'docs/authorization.md';

/** The commands of a block, as arguments and standard input. */
function commandsIn(code: string): readonly (readonly [readonly string[], string | undefined])[] {
  const found = code.matchAll(/^npx ostiary (.*?)(?: <<'JSON'\n([^]*?)^JSON)?$/gm);
  return [...found].map(([, line = '', input]) => {
    const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
    return [words, input];
  });
}

describeApp('docs/authorization.md', {}, (app) => {
  it('has an example that permits what the text says', async () => {
    const { done } = createCommandRunner(app().services);
    const ann = await app().createUser({ email: 'ann@example.org' });
    const bob = await app().createUser({ email: 'bob@example.org' });
    const [block] = await readSection(page, 'Example');
    const commands = commandsIn(block?.code ?? '');
    assert.equal(commands.length, 13);
    for (const [args, input] of commands) await done(args, input);

    const rp = app().relyingPartyOf({
      ...(await app().createClient()),
      clientId: 'shop',
      redirectUri: 'https://shop.example/callback',
    });
    const request = { scope: 'openid order refund', resource: 'https://orders.example' };
    const party = await rp;
    const seller = await party.login(ann, request);
    const buyer = await party.login(bob, { ...request, organization: 'acme' });
    const outside = await party.login(bob, request);

    assert.deepEqual(
      [seller.scope, buyer.scope, outside.scope],
      ['order refund', 'order', undefined],
    );
  });

  it('has an example of a limited administrator', async () => {
    const { done } = createCommandRunner(app().services);
    const [block] = await readSection(page, 'Administrators');
    const commands = commandsIn(block?.code ?? '');
    assert.equal(commands.length, 3);

    for (const [args] of commands) {
      await done(args.map((word) => word.replace('https://id.example.org', app().issuer)));
    }

    const shown = await done(['role', 'show', 'helpdesk', '--json']);
    assert.deepEqual(shown.json()['permissions'], [
      {
        audience: `${app().issuer}/auth/api`,
        scopes: ['sessions:write', 'users:read', 'users:write'],
      },
    ]);
  });
});
