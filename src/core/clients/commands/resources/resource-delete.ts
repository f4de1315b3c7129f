// resource delete: removes an API, so that no further tokens are issued for it.
import type { Command } from '#cli/framework/command.ts';
import type { ResourceAdministration } from '#core/clients/administration/resource-administration.service.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';

interface Needs {
  readonly resourceAdministration: ResourceAdministration;
}

export const resourceDelete: Command<Needs> = {
  name: 'resource delete',
  summary: 'Delete an API: no further access tokens are issued for it.',
  operand: 'AUDIENCE',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the API, which cannot be undone',
    },
  },
  examples: ['resource delete https://api.example --yes'],
  async run({ resourceAdministration }, { operand: audience }) {
    await resourceAdministration.remove(audience, commandLineActor);
    return {
      document: { audience, deleted: true },
      text: 'The API is deleted. Access tokens issued before stay valid until they expire.\n',
    };
  },
};
