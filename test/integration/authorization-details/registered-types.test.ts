// Types of authorization details on two nodes: what discovery publishes, which API a type belongs to,
// and details in signed requests (RFC 9101), pushed or not (RFC 9126).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { DetailType } from '#core/clients/authorization-details/detail-types.ts';
import { anApiResource } from '#test/support/data/builders.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { createBank, payment, type as paymentType } from '#test/support/steps/payments.ts';
import { aSigningClient, claimsOf, short } from '#test/support/steps/request-objects.ts';

const by = { kind: 'operator' } as const;

function aType(type = `transfer-${randomUUID()}`): DetailType {
  const schema = { type: 'object', properties: { type: { const: type } } };
  return { type, schema, sentences: { en: 'Transfer money' } };
}

describeNodes('types of authorization details (RFC 9396)', {}, (nodes) => {
  publishedTypes(nodes);
  owners(nodes);
  signedRequests(nodes);
});

function publishedTypes(nodes: () => Nodes): void {
  const documents = ['openid-configuration', 'oauth-authorization-server'];
  const published = async (turn: number, document: string): Promise<unknown> => {
    const answer = await nodes().at(turn).send(`${nodes().issuer}/.well-known/${document}`);
    return Object(await answer.json())['authorization_details_types_supported'] ?? [];
  };

  it('are published by discovery, also when they change (§10)', async () => {
    const { resourceAdministration: resources } = nodes().services;
    const [kept, removed] = [aType(), aType()];
    const { audience } = anApiResource();
    for (const document of documents) await published(0, document);

    await resources.create(anApiResource({ audience, detailTypes: [kept, removed] }), by);
    await resources.update(audience, { detailTypes: [kept] }, { by });

    for (const document of documents) {
      for (const turn of [0, 1]) {
        await until('the types in discovery', async () => {
          const types = [await published(turn, document)].flat();
          return types.includes(kept.type) && !types.includes(removed.type);
        });
      }
    }
  });
}

function owners(nodes: () => Nodes): void {
  it('belong to one API, which the refusal names', async () => {
    const { resourceAdministration: resources } = nodes().services;
    const [first, second] = [anApiResource(), anApiResource()];
    const shared = aType();
    await resources.create({ ...first, detailTypes: [shared] }, by);

    const message = `The API ${first.audience} already defines the authorization details type ${shared.type}. A type belongs to one API.`;
    const refusal = { code: 'conflict', message };
    await assert.rejects(resources.create({ ...second, detailTypes: [shared] }, by), refusal);
    await resources.create(second, by);
    const change = { detailTypes: [shared] };
    await assert.rejects(resources.update(second.audience, change, { by }), refusal);

    await resources.update(first.audience, { detailTypes: [] }, { by });
    await resources.update(second.audience, change, { by });
  });

  it('belong to one of several APIs that define them at the same time', async () => {
    const { resourceAdministration: resources } = nodes().services;
    const shared = aType();

    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map(() => resources.create({ ...anApiResource(), detailTypes: [shared] }, by)),
    );

    const done = outcomes.filter(({ status }) => status === 'fulfilled');
    assert.equal(done.length, 1);
  });
}

function signedRequests(nodes: () => Nodes): void {
  async function setUp() {
    const { ask, person } = await createBank(nodes());
    const facts = { authorization_details_types: [paymentType] };
    const { rp, sign } = await aSigningClient(nodes(), facts);
    const pending = await rp.request(ask(payment('5.00')));
    const claims = { ...claimsOf(rp, pending), authorization_details: [payment('5.00')] };
    return { rp, sign, pending, claims, person };
  }

  it('are requested by a signed request object, whose member is a JSON array (§5)', async () => {
    const { rp, sign, pending, claims, person } = await setUp();

    const url = short(rp, await sign(claims));
    const page = await rp.passPages(await nodes().browser().open(url), person);

    const { body, text } = await rp.tryExchange(rp.receive(page, pending));
    assert.deepEqual(body['authorization_details'], [payment('5.00')], text);
  });

  it('are requested by a signed request object that is pushed', async () => {
    const { rp, sign, pending, claims, person } = await setUp();
    const form = { client_id: rp.app.clientId, request: (await sign(claims)) ?? '' };

    const pushed = await rp.push(new URLSearchParams(form));
    const url = new URL(rp.as.authorization_endpoint ?? '');
    url.searchParams.set('client_id', rp.app.clientId);
    url.searchParams.set('request_uri', String(pushed.body['request_uri']));
    const page = await rp.passPages(await nodes().browser().open(url), person);

    const { body, text } = await rp.tryExchange(rp.receive(page, pending));
    assert.deepEqual(body['authorization_details'], [payment('5.00')], text);
  });

  it('are refused in a signed request as in any other', async () => {
    const { rp, sign, claims } = await setUp();
    const wrong = { ...claims, authorization_details: [{ ...payment('5.00'), currency: 'XXX' }] };
    const form = { client_id: rp.app.clientId, request: (await sign(wrong)) ?? '' };

    const pushed = await rp.push(new URLSearchParams(form));

    assertRefused(pushed, 400, 'invalid_authorization_details');
  });
}
