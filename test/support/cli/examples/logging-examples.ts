// Examples of the commands about the level of the log.
import type { Examples, Shape } from './example.ts';

const shown = {
  level: 'text',
  override: {
    level: 'text',
    user_id: null,
    client_id: null,
    route: 'text',
    set_at: 'text',
    expires_at: 'text',
  },
} satisfies Shape;
const values = String.raw`LOG_LEVEL +silent\nlevel +debug\nroute +POST /oauth2/token\nset_at +\S+Z\nexpires_at +\S+Z\n`;
const by = { kind: 'operator' } as const;
const override = {
  level: 'debug',
  seconds: 60,
  filter: { by: 'route', value: 'POST /oauth2/token' },
} as const;

export const loggingExamples: Examples = {
  'log show': {
    async prepare({ services }) {
      await services.logging.set(override, by);
      return { args: [] };
    },
    text: new RegExp(`^${values}$`),
    json: shown,
  },
  'log level': {
    prepare: () => ({ args: ['debug', '--for', '10m', '--route', 'POST /oauth2/token'] }),
    text: new RegExp(`^Every node follows within a second\\.\\n\\n${values}$`),
    json: shown,
  },
  'log reset': {
    async prepare({ services }) {
      await services.logging.set(override, by);
      return { args: [] };
    },
    text: /^The level of the log is the usual one\.\n$/,
    json: { reset: 'flag' },
  },
};
