// `serve`: runs the server, the same as npm start.
import { completeKeys } from '#config/development-keys.ts';
import { createLog } from '#platform/logging/log.ts';
import type { ProcessCommand } from './framework/context.ts';

export const serve: ProcessCommand = {
  name: 'serve',
  summary: 'Run the server, as npm start does.',
  options: {},
  hasAnswer: false,
  async run({ readConfig }, _args, io) {
    const config = await completeKeys(readConfig());
    const log = createLog({ level: config.logLevel });
    const server = await import('#server/serve.ts');
    await server.serve({ config, log, print: (line) => io.out(`${line}\n`) });
    return { document: null, text: '' };
  },
};
