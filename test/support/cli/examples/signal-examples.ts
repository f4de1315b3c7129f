// Examples of the commands about streams of Shared Signals.
import type { TestApp } from '#test/support/app.ts';
import { aReceiver } from '#test/support/steps/signal-receiver.ts';
import type { Examples, Shape } from './example.ts';

const values = String.raw`id +[\w-]{36}\nclient_id +\S+\ndelivery +poll\nevents +\S.*\nstatus +(?:enabled|paused)\n(?:status_reason +.+\nheld_by +operator\n)?subject_format +iss_sub\nalgorithm +RS256\nall_users +false\ncreated_at +\S+Z\n`;

const shown = {
  id: 'text',
  client_id: 'text',
  delivery: 'text',
  endpoint_url: null,
  description: null,
  events: ['text'],
  status: 'text',
  status_reason: null,
  held_by: null,
  subject_format: 'text',
  algorithm: 'text',
  all_users: 'flag',
  failing_since: null,
  last_error: null,
  created_at: 'text',
} satisfies Shape;

const signal = {
  id: 'text',
  type: 'text',
  user_id: null,
  at: 'text',
  state: 'text',
  attempts: 'number',
  delivered_at: null,
  error: null,
} satisfies Shape;

export const signalExamples: Examples = {
  'signal-stream list': {
    async prepare(app) {
      await create(app);
      return { args: ['--limit', '1'] };
    },
    text: /^ID +CLIENT +STATUS +DELIVERY +WAITING\n[\w-]{36} +\S+ +enabled +poll +\d+\n(?:\nThere are more: add --after [\w-]{36}\n)?$/,
    json: [shown],
  },
  'signal-stream show': {
    prepare: async (app) => ({ args: [await create(app)] }),
    text: new RegExp(
      `^${values}\\nAT +STATE +EVENT +USER +ERROR\\n\\S+Z +waiting +verification +- *\\n$`,
    ),
    json: { ...shown, signals: [signal] },
  },
  'signal-stream update': {
    prepare: async (app) => ({ args: [await create(app), '--pause', '--reason', 'a test'] }),
    text: new RegExp(`^The stream is updated\\.\\n\\n${values}$`),
    json: { ...shown, status_reason: 'text', held_by: 'text' },
  },
  'signal-stream delete': {
    prepare: async (app) => ({ args: [await create(app), '--yes'] }),
    text: /^The stream is deleted\.\n$/,
    json: { id: 'text', deleted: 'flag' },
  },
};

async function create(app: TestApp): Promise<string> {
  const { clientId } = await app.createClient(aReceiver());
  const request = {
    endpointUrl: undefined,
    authorizationHeader: undefined,
    eventsRequested: ['https://schemas.openid.net/secevent/caep/event-type/session-revoked'],
    description: undefined,
  };
  const { id } = await app.services.streamService.create(clientId, request);
  await app.services.streamService.verify(clientId, id, undefined);
  return id;
}
