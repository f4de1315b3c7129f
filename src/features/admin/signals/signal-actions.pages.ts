// Actions on one stream of Shared Signals: edit, pause, disable, enable, delete.
import { AppError } from '#platform/errors.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { Field } from '#features/admin/page/page-model.ts';
import { addEntityActions, type EntityAction } from '#features/admin/panel/entity-actions.pages.ts';
import { withNotice, type NoticeName } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import {
  currentValues,
  requireVersion,
  versionField,
} from '#features/admin/panel/versions.pages.ts';
import { signalAlgorithms, subjectFormats } from '#features/shared-signals/signal-types.ts';
import type { StreamAdministration } from '#features/shared-signals/streams/stream-administration.service.ts';
import type {
  SignalStream,
  StreamPolicy,
  StreamStatus,
} from '#features/shared-signals/streams/streams.ts';
import { nameOfReceiver, signalPath, signalsPath } from './signal-list.pages.ts';

export interface SignalActionDependencies {
  readonly streamAdministration: StreamAdministration;
  readonly clients: Clients;
}

type Action = EntityAction<SignalStream>;

export function addSignalActions(panel: Panel, dependencies: SignalActionDependencies): void {
  const { streamAdministration } = dependencies;
  addEntityActions(
    panel,
    {
      path: `${signalsPath}/:streamId`,
      scope: 'signals:write',
      find: (ctx: Context) => streamAdministration.find(String(ctx.params['streamId'])),
      linkOf: ({ id, clientId }) => ({ label: clientId, href: signalPath(id) }),
    },
    [
      edit(dependencies),
      ...changes.map((change) => setStatus(dependencies, change)),
      remove(dependencies),
    ],
  );
}

const seen = ({ version }: SignalStream) => ({ version });

const formatNames = {
  iss_sub: 'the subject of ID tokens',
  opaque: 'the subject alone',
  email: 'the email address',
} as const;

function edit({ streamAdministration, clients }: SignalActionDependencies): Action {
  return {
    name: 'edit',
    title: async (stream) => `Edit the stream of ${await nameOfReceiver(clients, stream)}`,
    lead: () =>
      'The receiver decides which events it gets, and where. You decide which users they are about.',
    submit: 'Save',
    fields: (stream, { form }) => [versionField(seen(stream)), ...fieldsOf(stream, form)],
    above: (stream, { form }) =>
      currentValues(form, seen(stream), [
        { label: 'Users are named by', value: formatNames[stream.subjectFormat] },
        { label: 'Signature', value: stream.algorithm },
        { label: 'Users', value: stream.allUsers ? 'all users' : 'users of the client' },
      ]),
    async act({ id }, { visit, form }) {
      const check = (before: SignalStream) => requireVersion(form, seen(before));
      await streamAdministration.update(id, policyFrom(form), { by: visit.actor, check });
      return { to: withNotice(signalPath(id), 'saved') };
    },
  };
}

function fieldsOf(stream: SignalStream, form: Form | undefined): readonly Field[] {
  return [
    {
      name: 'format',
      label: 'Users are named by',
      type: 'select',
      value: form?.get('format') ?? stream.subjectFormat,
      options: subjectFormats.map((value) => ({ value, label: formatNames[value] })),
    },
    {
      name: 'algorithm',
      label: 'Signature',
      type: 'select',
      value: form?.get('algorithm') ?? stream.algorithm,
      options: signalAlgorithms.map((value) => ({ value, label: value })),
    },
    {
      name: 'all-users',
      label: 'Also send signals about users who have not used this client',
      type: 'check',
      hint: 'For your own systems only: an app learns who has an account here.',
      value: form ? form.get('all-users') : stream.allUsers ? 'on' : '',
    },
  ];
}

/** @throws AppError `invalid_input` */
function policyFrom(form: Form): StreamPolicy {
  const subjectFormat = subjectFormats.find((each) => each === form.get('format'));
  const algorithm = signalAlgorithms.find((each) => each === form.get('algorithm'));
  if (subjectFormat && algorithm) {
    return { subjectFormat, algorithm, allUsers: form.get('all-users') === 'on' };
  }
  throw new AppError('invalid_input', 'Choose how users are named and signals are signed.');
}

interface Change {
  readonly name: string;
  readonly verb: string;
  readonly status: StreamStatus;
  readonly lead: string;
  readonly notice: NoticeName;
}

const changes: readonly Change[] = [
  {
    name: 'pause',
    verb: 'Pause',
    status: 'paused',
    lead: 'Its signals are kept for a week, and sent when it is enabled. The receiver is notified.',
    notice: 'disabled',
  },
  {
    name: 'disable',
    verb: 'Disable',
    status: 'disabled',
    lead: 'Waiting signals are deleted, and no further ones are kept. The receiver is notified.',
    notice: 'disabled',
  },
  {
    name: 'enable',
    verb: 'Enable',
    status: 'enabled',
    lead: 'It receives signals from now on, including those that were kept.',
    notice: 'enabled',
  },
];

function setStatus(
  { streamAdministration, clients }: SignalActionDependencies,
  { name, verb, status, lead, notice }: Change,
): Action {
  return {
    name,
    title: async (stream) => `${verb} the stream of ${await nameOfReceiver(clients, stream)}?`,
    lead: () => lead,
    submit: `${verb} the stream`,
    isDangerous: status !== 'enabled',
    async act({ id }, { visit }) {
      await streamAdministration.update(id, { status }, { by: visit.actor });
      return { to: withNotice(signalPath(id), notice) };
    },
  };
}

function remove({ streamAdministration, clients }: SignalActionDependencies): Action {
  return {
    name: 'delete',
    title: async (stream) => `Delete the stream of ${await nameOfReceiver(clients, stream)}?`,
    lead: () =>
      'Its signals are deleted, too. The client can create another stream; to prevent that, remove the scope ssf.manage from it.',
    submit: 'Delete stream',
    isDangerous: true,
    async act({ id }, { visit }) {
      await streamAdministration.remove(id, visit.actor);
      return { to: withNotice(signalsPath, 'deleted') };
    },
  };
}
