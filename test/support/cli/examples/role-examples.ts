// Examples of the commands about roles, and of `client access`.
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { aName, deleted, lines, made, permissionOf, said } from './access-control-data.ts';
import type { Examples } from './example.ts';

const roleValues = String.raw`id +\S+\nname +\S+\ncreated_at +\S+Z\n`;
const describedRole = String.raw`id +\S+\nname +\S+\ndescription +Edits\ncreated_at +\S+Z\n`;
const permissionTable = String.raw`\nPERMISSIONS AT +SCOPES\nhttps:\S+ +read\n`;

const role = {
  id: 'text',
  name: 'text',
  client_id: null,
  description: null,
  created_at: 'text',
  built_in: 'flag',
  permissions: [],
} as const;

const listedRole = {
  id: 'text',
  name: 'text',
  client_id: null,
  description: 'text',
  created_at: 'text',
} as const;

export const roleExamples: Examples = {
  'role list': {
    async prepare(app) {
      await made(app, 'role');
      return { args: ['--limit', '1'] };
    },
    text: /^ID +CLIENT +DESCRIPTION\n.+\n(?:\nThere are more: add --after \S+\n)?$/,
    json: [listedRole],
  },
  'role show': {
    prepare: async (app) => ({ args: [await made(app, 'role')] }),
    text: lines(roleValues),
    json: role,
  },
  'role create': {
    prepare: () => ({ args: [aName(), '--description', 'Edits'] }),
    text: said('The role is created\\.', describedRole),
    json: { ...role, description: 'text' },
  },
  'role update': {
    prepare: async (app) => ({
      args: [await made(app, 'role'), '--description', 'Edits'],
    }),
    text: said('The role is updated\\.', describedRole),
    json: { ...role, description: 'text' },
  },
  'role add-permission': {
    prepare: async (app) => ({
      args: [await made(app, 'role'), ...(await permissionOf(app))],
    }),
    text: said('The role grants the permission\\.', roleValues, permissionTable),
    json: { ...role, permissions: [{ audience: 'text', scopes: ['text'] }] },
  },
  'role remove-permission': {
    async prepare(app) {
      const args = [await made(app, 'role'), ...(await permissionOf(app))];
      await createCommandRunner(app.services).done(['role', 'add-permission', ...args]);
      return { args };
    },
    text: said('The role no longer grants the permission\\.', roleValues),
    json: role,
  },
  'role delete': {
    prepare: async (app) => ({
      args: [await made(app, 'role'), '--yes'],
    }),
    text: /^The role is deleted\.\n$/,
    json: deleted,
  },
};
