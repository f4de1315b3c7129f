// organization list, show, create, update and delete.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Answer, Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import {
  displayName,
  organizationName,
  type NewOrganization,
  type Organization,
} from '#features/organizations/organizations.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import {
  presentOrganization,
  presentOrganizationMember,
} from '#features/organizations/present-organization.ts';

const defaultLimit = 50;

interface Needs {
  readonly organizationService: OrganizationService;
}

const shownName = { value: 'TEXT', meaning: 'The name that people read' } as const;

export const organizationList: Command<Needs> = {
  name: 'organization list',
  summary: 'List organizations.',
  options: {
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'NAME', meaning: 'Continue after this one, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ organizationService }, args) {
    const { items, next } = await organizationService.list(pageOf(args));
    const document = items.map(presentOrganization);
    if (items.length === 0) return { document, text: 'No organizations.\n' };
    const heading = ['NAME', 'DISPLAY NAME', 'MEMBERS', 'ID'];
    const rows = items.map((each) => [
      each.name,
      each.displayName,
      String(each.memberCount),
      each.id,
    ]);
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return { document, text: `${alignColumns([heading, ...rows])}${more}` };
  },
};

export const organizationShow: Command<Needs> = {
  name: 'organization show',
  summary: 'Show an organization and its members.',
  operand: 'NAME|ID',
  options: {
    limit: { value: 'N', meaning: `Maximum number of members; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this member, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ organizationService }, args) {
    const organization = await organizationService.find(args.operand);
    const { items, next } = await organizationService.listMembers(organization.id, pageOf(args));
    const shown = presentOrganization(organization);
    const document = { ...shown, members: items.map(presentOrganizationMember) };
    const rows = items.map(({ email, roles, userId }) => [email, roles.join(' ') || '-', userId]);
    const list = rows.length === 0 ? '' : `\n${alignColumns([['MEMBER', 'ROLES', 'ID'], ...rows])}`;
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return { document, text: `${describeValues(shown)}${list}${more}` };
  },
};

export const organizationCreate: Command<Needs> = {
  name: 'organization create',
  summary: 'Create an organization.',
  operand: 'NAME',
  options: { 'display-name': shownName },
  examples: ['organization create acme --display-name "Acme Ltd."'],
  check: (args) => void readNew(args),
  async run({ organizationService }, args) {
    const organization = await organizationService.create(readNew(args), commandLine);
    return answerWith(organization, 'The organization is created.');
  },
};

export const organizationUpdate: Command<Needs> = {
  name: 'organization update',
  summary: 'Change the names of an organization.',
  operand: 'NAME|ID',
  options: { name: { value: 'NAME', meaning: 'The new name' }, 'display-name': shownName },
  check(args) {
    if (Object.keys(readChanges(args)).length > 0) return;
    throw new UsageError('One of --name, --display-name is required.');
  },
  async run({ organizationService }, args) {
    const changes = readChanges(args);
    const organization = await organizationService.update(args.operand, changes, commandLine);
    return answerWith(organization, 'The organization is updated.');
  },
};

export const organizationDelete: Command<Needs> = {
  name: 'organization delete',
  summary: 'Delete an organization; sessions and tokens for it end at once.',
  operand: 'NAME|ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the organization, which cannot be undone',
    },
  },
  examples: ['organization delete acme --yes'],
  async run({ organizationService }, { operand }) {
    const { id } = await organizationService.find(operand);
    await organizationService.remove(id, commandLine);
    return { document: { id, deleted: true }, text: 'The organization is deleted.\n' };
  },
};

export function answerWith(organization: Organization, sentence: string): Answer {
  const document = presentOrganization(organization);
  return { document, text: `${sentence}\n\n${describeValues(document)}` };
}

function readNew(args: Arguments): NewOrganization {
  const name = readName(args.operand, 'NAME');
  return { name, displayName: readDisplayName(args) ?? name };
}

function readChanges(args: Arguments): Partial<NewOrganization> {
  const [name, shown] = [args.text('name'), readDisplayName(args)];
  return {
    ...(name === undefined ? {} : { name: readName(name, '--name') }),
    ...(shown === undefined ? {} : { displayName: shown }),
  };
}

function readName(text: string, place: string): string {
  const name = organizationName.safeParse(text);
  if (name.success) return name.data;
  throw new UsageError(`${place} must be ${organizationName.description}.`);
}

function readDisplayName(args: Arguments): string | undefined {
  const text = args.text('display-name');
  if (text === undefined) return undefined;
  const read = displayName.safeParse(text);
  if (read.success) return read.data;
  throw new UsageError(`--display-name must be ${displayName.description}.`);
}

function pageOf(args: Arguments) {
  const after = args.text('after');
  return { after: after === undefined ? undefined : [after], limit: readLimit(args, defaultLimit) };
}
