// group list, show, create, update and delete.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Answer, Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { groupName, type Group, type NewGroup } from '#features/groups/groups.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import { presentGroup, presentMember } from '#features/groups/present-group.ts';

const defaultLimit = 50;

interface Needs {
  readonly groupService: GroupService;
}

const description = { value: 'TEXT', meaning: 'What the group is for' } as const;

export const groupList: Command<Needs> = {
  name: 'group list',
  summary: 'List groups.',
  options: {
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'NAME', meaning: 'Continue after this group, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ groupService }, args) {
    const page = pageOf(args);
    const { items, next } = await groupService.list(page);
    const document = items.map(presentGroup);
    if (items.length === 0) return { document, text: 'No groups.\n' };
    const heading = ['NAME', 'MEMBERS', 'ROLES', 'ID'];
    const rows = items.map((each) => [
      each.name,
      String(each.memberCount),
      each.roles.join(' ') || '-',
      each.id,
    ]);
    const more = next ? `\nThere are more: add --after "${next[0]}"\n` : '';
    return { document, text: `${alignColumns([heading, ...rows])}${more}` };
  },
};

export const groupShow: Command<Needs> = {
  name: 'group show',
  summary: 'Show a group and its members.',
  operand: 'NAME|ID',
  options: {
    limit: { value: 'N', meaning: `Maximum number of members; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this member, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ groupService }, args) {
    const group = await groupService.find(args.operand);
    const { items, next } = await groupService.listMembers(group.id, pageOf(args));
    const document = { ...presentGroup(group), members: items.map(presentMember) };
    const rows = items.map(({ email, userId }) => [email, userId]);
    const list = rows.length === 0 ? '' : `\n${alignColumns([['MEMBER', 'ID'], ...rows])}`;
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return { document, text: `${describeValues(presentGroup(group))}${list}${more}` };
  },
};

export const groupCreate: Command<Needs> = {
  name: 'group create',
  summary: 'Create a group.',
  operand: 'NAME',
  options: { description },
  examples: ['group create Sales'],
  check: (args) => void readName(args.operand, 'NAME'),
  async run({ groupService }, args) {
    const name = readName(args.operand, 'NAME');
    const created = { name, description: args.text('description') };
    return answerWith(await groupService.create(created, commandLine), 'The group is created.');
  },
};

export const groupUpdate: Command<Needs> = {
  name: 'group update',
  summary: 'Change the name or the description of a group.',
  operand: 'NAME|ID',
  options: { name: { value: 'NAME', meaning: 'The new name' }, description },
  check(args) {
    if (Object.keys(readChanges(args)).length > 0) return;
    throw new UsageError('One of --name, --description is required.');
  },
  async run({ groupService }, args) {
    const group = await groupService.update(args.operand, readChanges(args), commandLine);
    return answerWith(group, 'The group is updated.');
  },
};

export const groupDelete: Command<Needs> = {
  name: 'group delete',
  summary: 'Delete a group; its members lose its roles at once.',
  operand: 'NAME|ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the group, which cannot be undone',
    },
  },
  examples: ['group delete Sales --yes'],
  async run({ groupService }, { operand }) {
    const { id } = await groupService.find(operand);
    await groupService.remove(id, commandLine);
    return { document: { id, deleted: true }, text: 'The group is deleted.\n' };
  },
};

export function answerWith(group: Group, sentence: string): Answer {
  const document = presentGroup(group);
  return { document, text: `${sentence}\n\n${describeValues(document)}` };
}

function readChanges(args: Arguments): Partial<NewGroup> {
  const [name, text] = [args.text('name'), args.text('description')];
  return {
    ...(name === undefined ? {} : { name: readName(name, '--name') }),
    ...(text === undefined ? {} : { description: text }),
  };
}

function readName(text: string, place: string): string {
  const name = groupName.safeParse(text);
  if (name.success) return name.data;
  throw new UsageError(`${place} must be ${groupName.description}.`);
}

function pageOf(args: Arguments) {
  const after = args.text('after');
  return { after: after === undefined ? undefined : [after], limit: readLimit(args, defaultLimit) };
}
