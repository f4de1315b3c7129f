// Examples of the commands about groups and organizations.
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { aName, deleted, lines, made, said, withMember } from './access-control-data.ts';
import type { Examples } from './example.ts';

const groupValues = String.raw`id +[\w-]{36}\nname +\S+\n(?:roles +\S+\n)?member_count +\d+\ncreated_at +\S+Z\n`;
const groupMembers = String.raw`\nMEMBER +ID\n\S+@\S+ +[\w-]{36}\n`;
const organizationValues = String.raw`id +[\w-]{36}\nname +\S+\ndisplay_name +\S+\nmember_count +\d+\ncreated_at +\S+Z\n`;
const organizationMembers = String.raw`\nMEMBER +ROLES +ID\n\S+@\S+ +- +[\w-]{36}\n`;

const group = {
  id: 'text',
  name: 'text',
  description: null,
  roles: [],
  member_count: 'number',
  created_at: 'text',
} as const;

const organization = {
  id: 'text',
  name: 'text',
  display_name: 'text',
  member_count: 'number',
  created_at: 'text',
} as const;

export const groupExamples: Examples = {
  'group list': {
    async prepare(app) {
      await made(app, 'group');
      return { args: ['--limit', '1'] };
    },
    text: /^NAME +MEMBERS +ROLES +ID\n\S+ +\d+ +\S+ +[\w-]{36}\n(?:\nThere are more: add --after .+\n)?$/,
    json: [group],
  },
  'group show': {
    prepare: async (app) => ({
      args: [(await withMember(app, 'group')).name],
    }),
    text: lines(`${groupValues}${groupMembers}`),
    json: { ...group, members: [{ user_id: 'text', email: 'text', added_at: 'text' }] },
  },
  'group create': {
    prepare: () => ({ args: [aName()] }),
    text: said('The group is created\\.', groupValues),
    json: group,
  },
  'group update': {
    prepare: async (app) => ({
      args: [await made(app, 'group'), '--name', aName()],
    }),
    text: said('The group is updated\\.', groupValues),
    json: group,
  },
  'group add-member': {
    async prepare(app) {
      const { email } = await app.createUser();
      return { args: [await made(app, 'group'), '--user', email] };
    },
    text: said('The user is now a member\\.', groupValues),
    json: group,
  },
  'group remove-member': {
    async prepare(app) {
      const { name, email } = await withMember(app, 'group');
      return { args: [name, '--user', email] };
    },
    text: said('The user is no longer a member\\.', groupValues),
    json: group,
  },
  'group add-role': {
    prepare: async (app) => ({
      args: [await made(app, 'group'), '--role', await made(app, 'role')],
    }),
    text: said('The group now has the role\\.', groupValues),
    json: { ...group, roles: ['text'] },
  },
  'group remove-role': {
    async prepare(app) {
      const args = [await made(app, 'group'), '--role', await made(app, 'role')];
      await createCommandRunner(app.services).done(['group', 'add-role', ...args]);
      return { args };
    },
    text: said('The group no longer has the role\\.', groupValues),
    json: group,
  },
  'group delete': {
    prepare: async (app) => ({
      args: [await made(app, 'group'), '--yes'],
    }),
    text: /^The group is deleted\.\n$/,
    json: deleted,
  },
};

export const organizationExamples: Examples = {
  'organization list': {
    async prepare(app) {
      await made(app, 'organization');
      return { args: ['--limit', '1'] };
    },
    text: /^NAME +DISPLAY NAME +MEMBERS +ID\n\S+ +\S+ +\d+ +[\w-]{36}\n(?:\nThere are more: add --after .+\n)?$/,
    json: [organization],
  },
  'organization show': {
    prepare: async (app) => ({
      args: [(await withMember(app, 'organization')).name],
    }),
    text: lines(`${organizationValues}${organizationMembers}`),
    json: {
      ...organization,
      members: [{ user_id: 'text', email: 'text', roles: [], added_at: 'text' }],
    },
  },
  'organization create': {
    prepare: () => ({ args: [aName(), '--display-name', 'Acme'] }),
    text: said('The organization is created\\.', organizationValues),
    json: organization,
  },
  'organization update': {
    prepare: async (app) => ({
      args: [await made(app, 'organization'), '--display-name', 'Acme'],
    }),
    text: said('The organization is updated\\.', organizationValues),
    json: organization,
  },
  'organization add-member': {
    async prepare(app) {
      const { email } = await app.createUser();
      return { args: [await made(app, 'organization'), '--user', email] };
    },
    text: said('The user is now a member\\.', organizationValues),
    json: organization,
  },
  'organization remove-member': {
    async prepare(app) {
      const { name, email } = await withMember(app, 'organization');
      return { args: [name, '--user', email] };
    },
    text: said('The user is no longer a member\\.', organizationValues),
    json: organization,
  },
  'organization add-role': {
    async prepare(app) {
      const { name, email } = await withMember(app, 'organization');
      return { args: [name, '--user', email, '--role', await made(app, 'role')] };
    },
    text: said('The member now has the role\\.', organizationValues),
    json: organization,
  },
  'organization remove-role': {
    async prepare(app) {
      const { name, email, done } = await withMember(app, 'organization');
      const args = [name, '--user', email, '--role', await made(app, 'role')];
      await done(['organization', 'add-role', ...args]);
      return { args };
    },
    text: said('The member no longer has the role\\.', organizationValues),
    json: organization,
  },
  'organization delete': {
    prepare: async (app) => ({
      args: [await made(app, 'organization'), '--yes'],
    }),
    text: /^The organization is deleted\.\n$/,
    json: deleted,
  },
};
