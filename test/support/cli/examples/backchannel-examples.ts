// Examples of the commands that answer a backchannel request.
import type { TestApp } from '#test/support/app.ts';
import { backchannelClient, createAsking } from '#test/support/steps/backchannel.ts';
import type { Examples, Shape } from './example.ts';

const answered = { request: 'text', decision: 'text', user_id: 'text' } satisfies Shape;

export const backchannelExamples: Examples = {
  'ciba approve': {
    prepare: async (app) => ({ args: [await askedBy(app)] }),
    text: /^The request is allowed\.\n$/,
    json: answered,
  },
  'ciba deny': {
    prepare: async (app) => ({ args: [await askedBy(app)] }),
    text: /^The request is denied\.\n$/,
    json: answered,
  },
};

async function askedBy(app: TestApp): Promise<string> {
  const client = await createAsking(app, await app.createClient(backchannelClient));
  const { email } = await app.createUser({ emailVerified: true });
  return (await client.ask({ login_hint: email })).auth_req_id;
}
