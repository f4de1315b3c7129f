// Examples of the commands about webhooks.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestApp } from '#test/support/app.ts';
import type { Examples, Shape } from './example.ts';

const url = 'https://hooks.example.com/ostiary';
const by = { kind: 'operator' } as const;
const values = String.raw`id +[\w-]{36}\nurl +\S+\n(?:description +.+\n)?(?:events +\S+\n)?personal_data +false\nenabled +(?:true|false)\n(?:disabled_reason +operator\n)?created_at +\S+Z\n`;

const shown = {
  id: 'text',
  url: 'text',
  description: null,
  events: null,
  personal_data: 'flag',
  enabled: 'flag',
  disabled_reason: null,
  failing_since: null,
  previous_secret_valid_until: null,
  created_at: 'text',
} satisfies Shape;

const attempt = {
  message_id: 'text',
  type: 'text',
  at: 'text',
  attempt: 'number',
  delivered: 'flag',
  status: 'number',
  milliseconds: 'number',
  error: null,
} satisfies Shape;

export const webhookExamples: Examples = {
  'webhook list': {
    async prepare(app) {
      await create(app);
      return { args: ['--limit', '1'] };
    },
    text: /^ID +STATE +EVENTS +URL\n[\w-]{36} +enabled +all +https:\S+\n(?:\nThere are more: add --after [\w-]{36}\n)?$/,
    json: [shown],
  },
  'webhook show': {
    async prepare(app) {
      const id = await create(app, await startReceiver());
      await app.services.webhookDelivery.test(id, by);
      return { args: [id] };
    },
    text: new RegExp(
      `^${values}\\nAT +STATUS +TIME +EVENT +EVENT ID +ERROR\\n\\S+Z +200 +\\d+ ms +webhook\\.test +[\\w-]{36}\\n$`,
    ),
    json: { ...shown, attempts: [attempt] },
  },
  'webhook create': {
    prepare: () => ({ args: [url] }),
    text: new RegExp(
      `^The webhook is registered\\. Its secret, shown only once:\\n\\nwhsec_\\S{44}\\n\\n${values}$`,
    ),
    json: { ...shown, secret: 'text' },
  },
  'webhook update': {
    prepare: async (app) => ({
      args: [await create(app), '--event', 'user.blocked', '--disable'],
    }),
    text: new RegExp(`^The webhook is updated\\.\\n\\n${values}$`),
    json: { ...shown, events: ['text'], disabled_reason: 'text' },
  },
  'webhook rotate-secret': {
    prepare: async (app) => ({ args: [await create(app)] }),
    text: /^The new secret, shown only once:\n\nwhsec_\S{44}\n\nThe previous secret also signs until \S+Z\.\n$/,
    json: { id: 'text', secret: 'text', previous_secret_valid_until: 'text' },
  },
  'webhook test': {
    prepare: async (app) => ({ args: [await create(app, await startReceiver())] }),
    text: /^message_id +[\w-]{36}\ntype +webhook\.test\nat +\S+Z\nattempt +1\ndelivered +true\nstatus +200\nmilliseconds +\d+\n$/,
    json: attempt,
  },
  'webhook replay': {
    prepare: async (app) => ({ args: [await create(app), '--since', '2100-01-01'] }),
    text: /^Messages queued: 0\n$/,
    json: { queued: 'number', next_since: null },
  },
  'webhook delete': {
    prepare: async (app) => ({ args: [await create(app), '--yes'] }),
    text: /^The webhook is deleted\.\n$/,
    json: { id: 'text', deleted: 'flag' },
  },
};

async function create(app: TestApp, address = url): Promise<string> {
  const settings = { url: address, description: undefined, events: undefined, personalData: false };
  return (await app.services.webhookService.create(settings, by)).id;
}

/** Accepts everything until the process ends. */
async function startReceiver(): Promise<string> {
  const server = createServer((_req, res) => res.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
  return `http://127.0.0.1:${port}/`;
}
