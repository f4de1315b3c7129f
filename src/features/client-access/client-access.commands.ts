// client access: shows or changes who may sign in to a client.
import { UsageError } from '#cli/framework/arguments.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { Answer, Arguments, Command } from '#cli/framework/command.ts';
import type { ClientAccess } from '#core/clients/clients.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import type { ClientAccessService } from './client-access.service.ts';
import { presentAccess } from './present-access.ts';

interface Needs {
  readonly clientAccessService: ClientAccessService;
}

const several = { isRepeatable: true } as const;

export const clientAccess: Command<Needs> = {
  name: 'client access',
  summary: 'Show or change who may sign in to a client.',
  operand: 'ID',
  options: {
    everyone: { meaning: 'Every user may sign in' },
    'allow-role': { value: 'ROLE', ...several, meaning: 'Let users with this role sign in' },
    'allow-group': { value: 'NAME|ID', ...several, meaning: 'Let members of this group sign in' },
    'allow-organization': {
      value: 'NAME|ID',
      ...several,
      meaning: 'Let members of this organization sign in',
    },
    'disallow-role': { value: 'ROLE', ...several, meaning: 'Remove a role from those allowed' },
    'disallow-group': { value: 'NAME|ID', ...several, meaning: 'Remove a group' },
    'disallow-organization': { value: 'NAME|ID', ...several, meaning: 'Remove an organization' },
  },
  examples: [
    'client access shop',
    'client access shop --allow-group Sales',
    'client access shop --everyone',
  ],
  check(args) {
    if (!args.has('everyone') || !readChanges(args)) return;
    throw new UsageError('--everyone cannot be combined with other options.');
  },
  async run({ clientAccessService }, args) {
    const { operand } = args;
    const changes = readChanges(args);
    if (args.has('everyone')) {
      return answerWith(operand, await clientAccessService.set(operand, undefined, commandLine));
    }
    return answerWith(
      operand,
      changes
        ? await clientAccessService.change(operand, changes, commandLine)
        : await clientAccessService.show(operand),
    );
  },
};

function readChanges(args: Arguments) {
  const of = (verb: string): ClientAccess => ({
    roles: args.list(`${verb}-role`),
    groups: args.list(`${verb}-group`),
    organizations: args.list(`${verb}-organization`),
  });
  const [allow, disallow] = [of('allow'), of('disallow')];
  const all = [...Object.values(allow), ...Object.values(disallow)].flat();
  return all.length === 0 ? undefined : { allow, disallow };
}

function answerWith(clientId: string, access: ClientAccess | undefined): Answer {
  const document = { client_id: clientId, ...presentAccess(access) };
  const { everyone, ...allowed } = document;
  if (everyone) return { document, text: 'Every user may sign in to this client.\n' };
  const isEmpty = [allowed.roles, allowed.groups, allowed.organizations].flat().length === 0;
  const sentence = isEmpty
    ? 'No user may sign in to this client.'
    : 'Users with one of these may sign in to this client:';
  return { document, text: `${sentence}\n\n${describeValues(allowed)}` };
}
