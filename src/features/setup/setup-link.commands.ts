// setup-link: prints a new link for the first administrator, as every start does while there is none.
import type { Command } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { Setup } from '#features/setup/setup.service.ts';
import { AppError } from '#platform/errors.ts';

interface Needs {
  readonly setup: Setup;
}

export const setupLink: Command<Needs> = {
  name: 'setup-link',
  summary: 'Print a one-time link for the first administrator.',
  options: {},
  async run({ setup }) {
    const link = await setup.issueLinkFor(commandLineActor);
    if (link === undefined) {
      const next = '"ostiary user set-admin" makes a user another one.';
      throw new AppError('conflict', `There is already an administrator. ${next}`);
    }
    return {
      document: { link },
      text: `Make the first administrator (this link works once, for 24 hours):\n\n${link}\n`,
    };
  },
};
