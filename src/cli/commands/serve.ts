// `serve`: runs the server, the same as npm start.
import { completeKeys } from '#config/development-keys.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';

export const serve: ProcessCommand = {
  name: 'serve',
  summary: 'Run the server, as npm start does.',
  options: {},
  hasAnswer: false,
  async run({ readConfig }) {
    const config = await completeKeys(readConfig());
    const [{ openServerLog }, { serve: run }, { openStartTerminal }] = await Promise.all([
      import('#server/server-log.ts'),
      import('#server/serve.ts'),
      import('#server/lifecycle/start-message.ts'),
    ]);
    await run({ config, log: openServerLog(config), terminal: openStartTerminal() });
    return { document: null, text: '' };
  },
};
