// supplement list, show, set and remove: the declared namespaces of custom attributes, and the values of
// a user in them. Unlike a client of the API, an operator may read and write all of them.
import { alignColumns } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type {
  CustomAttributes,
  SupplementOutcome,
} from '#features/custom-attributes/custom-attributes.service.ts';
import {
  presentChange,
  presentDeclaration,
  presentValue,
  requireDone,
} from '#features/custom-attributes/custom-attributes-json.api.ts';
import { isObject } from '#features/custom-attributes/schema/values.ts';
import { AppError } from '#platform/errors.ts';

interface Needs {
  readonly supplements: CustomAttributes;
  readonly users: UserStore;
}

const namespace = {
  value: 'NAME',
  isRequired: true,
  meaning: 'A namespace of SUPPLEMENTS',
} as const;

export const supplementList: Command<Pick<Needs, 'supplements'>> = {
  name: 'supplement list',
  summary: 'List the namespaces of custom attributes that the settings declare.',
  options: {},
  async run({ supplements }) {
    const document = supplements.declarations.map(presentDeclaration);
    if (document.length === 0) return { document, text: 'SUPPLEMENTS declares no namespace.\n' };
    const rows = document.map((each) => [each.namespace, each.person, each.apps?.scope ?? '-']);
    return { document, text: alignColumns([['NAMESPACE', 'USER MAY', 'SCOPE'], ...rows]) };
  },
};

export const supplementShow: Command<Needs> = {
  name: 'supplement show',
  summary: 'Show the custom attributes of a user.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ supplements, users }, { operand }) {
    const { id } = await findUser(users, operand);
    const names = supplements.declarations.map((each) => each.namespace);
    const document = (await supplements.list(id, names)).map(presentValue);
    if (document.length === 0) return { document, text: 'No custom attributes.\n' };
    const rows = document.map((each) => [
      each.namespace,
      String(each.version),
      each.updated_at,
      JSON.stringify(each.value),
    ]);
    return {
      document,
      text: alignColumns([['NAMESPACE', 'VERSION', 'UPDATED', 'VALUE'], ...rows]),
    };
  },
};

export const supplementSet: Command<Needs> = {
  name: 'supplement set',
  summary: 'Replace the custom attributes of a user in one namespace.',
  operand: 'EMAIL|ID',
  options: {
    namespace,
    value: {
      value: 'FILE',
      isRequired: true,
      reads: 'file',
      meaning: 'JSON file, or - for standard input',
    },
  },
  examples: ['supplement set ann@example.org --namespace billing --value billing.json'],
  async run(needs, args, io) {
    const value = readJson(await io.file(args.required('value')), 'The custom attributes');
    if (!isObject(value)) throw new AppError('invalid_input', 'The value must be a JSON object.');
    const wish = await readWish(needs, args);
    return report(args, await needs.supplements.save(wish, value), 'The value is stored.');
  },
};

export const supplementRemove: Command<Needs> = {
  name: 'supplement remove',
  summary: 'Remove the custom attributes of a user in one namespace.',
  operand: 'EMAIL|ID',
  options: { namespace },
  examples: ['supplement remove ann@example.org --namespace billing'],
  async run(needs, args) {
    const wish = await readWish(needs, args);
    if (wish.expected === 0) {
      throw new AppError('not_found', 'The user has no value in this namespace.');
    }
    return report(args, await needs.supplements.remove(wish), 'The value is removed.');
  },
};

/** The change names the version that it replaces, so that a concurrent change is not overwritten. */
async function readWish({ supplements, users }: Needs, args: Arguments) {
  const { namespace: name } = supplements.require(args.required('namespace'));
  const { id: userId } = await findUser(users, args.operand);
  const expected = (await supplements.get(userId, name))?.version ?? 0;
  return { userId, namespace: name, expected, actor: commandLineActor };
}

function report(args: Arguments, outcome: SupplementOutcome, sentence: string) {
  if (!outcome.ok && outcome.reason === 'stale') {
    throw new AppError('conflict', 'The value was changed meanwhile. Nothing was written.');
  }
  const document = presentChange(args.required('namespace'), requireDone(outcome));
  return { document, text: `${sentence} Version ${document.version}.\n` };
}
