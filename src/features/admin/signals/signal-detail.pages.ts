// One stream of Shared Signals: its settings and state, and the delivery of its recent signals.
import type { Clients } from '#core/clients/clients.service.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { describeExactly, exactTime, relativeTime } from '#features/admin/page/formatting.ts';
import type { ActionLink, Block, Cell } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { SignalRecord } from '#features/shared-signals/events/signals.ts';
import type { StreamAdministration } from '#features/shared-signals/streams/stream-administration.service.ts';
import { eventsDelivered, type SignalStream } from '#features/shared-signals/streams/streams.ts';
import { nameOfReceiver, signalPath, signalsPath, stateOf } from './signal-list.pages.ts';

export interface SignalDetailDependencies {
  readonly streamAdministration: StreamAdministration;
  readonly clients: Clients;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

export function addSignalDetail(panel: Panel, dependencies: SignalDetailDependencies): void {
  const { streamAdministration, clients, cursors, now } = dependencies;
  panel.page({
    path: `${signalsPath}/:streamId`,
    scope: 'signals:read',
    async show(ctx) {
      const stream = await streamAdministration.find(String(ctx.params['streamId']));
      const path = signalPath(stream.id);
      const query = readList(ctx, []);
      const list = listQuery(path, query);
      const position = cursors.pageOf(list, query.page);
      const page = await streamAdministration.listSignals(stream.id, position);
      const shown = cursors.present(list, page, (signal) => rowOf(signal, now()));
      return {
        title: await nameOfReceiver(clients, stream),
        lead: stream.description,
        tags: [stateOf(stream)],
        back: { label: 'Shared Signals', href: signalsPath },
        actions: actionsFor(stream),
        blocks: [
          ...stateNotes(stream),
          factsOf(stream),
          {
            kind: 'table',
            title: 'Signals',
            caption: 'Signals of the last days, most recent first',
            columns: ['Event', 'Result', 'User', 'When'].map((label) => ({ label })),
            rows: shown.items,
            empty: 'No events of this client yet.',
            next: nextHref(path, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

function actionsFor({ id, status }: SignalStream): readonly ActionLink[] {
  const act = (name: string, label: string, tone?: ActionLink['tone']): ActionLink => ({
    id: `act-${name}`,
    label,
    tone,
    href: `${signalPath(id)}/${name}`,
    scope: 'signals:write',
  });
  return [
    act('edit', 'Edit', 'main'),
    ...(status === 'enabled' ? [act('pause', 'Pause')] : [act('enable', 'Enable')]),
    ...(status === 'disabled' ? [] : [act('disable', 'Disable')]),
    act('delete', 'Delete', 'danger'),
  ];
}

function stateNotes({ status, statusReason, failingSince, lastError }: SignalStream): Block[] {
  const id = 'state';
  if (status !== 'enabled') {
    const kept = status === 'paused' ? 'Signals are kept for a week.' : 'Signals are not kept.';
    const reason = statusReason === undefined ? '' : ` ${statusReason}`;
    return [
      { kind: 'note', id, tone: 'warning', text: `This stream is ${status}.${reason} ${kept}` },
    ];
  }
  if (!failingSince) return [];
  const text = `Nothing has been accepted since ${describeExactly(failingSince)}. ${lastError ?? ''}`;
  return [{ kind: 'note', id, tone: 'warning', text }];
}

function factsOf(stream: SignalStream): Block {
  const { id, clientId, endpointUrl, subjectFormat, algorithm, allUsers, createdAt } = stream;
  const events = eventsDelivered(stream).map((type) => ({
    text: nameOf(type),
    tag: 'quiet' as const,
  }));
  return {
    kind: 'facts',
    title: 'Settings',
    facts: [
      {
        label: 'Client',
        value: { text: clientId, href: `${panelPath}/clients/${encodeURIComponent(clientId)}` },
      },
      {
        label: 'Delivery',
        value:
          endpointUrl === undefined ? 'the receiver polls' : { text: endpointUrl, isCode: true },
      },
      { label: 'Events', value: events.length === 0 ? 'none' : events },
      { label: 'Users', value: allUsers ? 'all users' : 'users of the client' },
      { label: 'Users are named by', value: subjectFormat },
      { label: 'Signature', value: algorithm },
      { label: 'Stream ID', value: { text: id, isCode: true } },
      { label: 'Created', value: exactTime(createdAt) },
    ],
  };
}

function rowOf(signal: SignalRecord, now: Date): readonly Cell[] {
  const { id, type, userId, createdAt } = signal;
  return [
    { text: nameOf(type), hint: id },
    resultOf(signal),
    userId === undefined
      ? 'the stream'
      : { text: userId, href: `${panelPath}/users/${userId}`, isCode: true },
    relativeTime(createdAt, now),
  ];
}

function resultOf({ deliveredAt, refusedAt, error, attempts }: SignalRecord): Cell {
  if (deliveredAt) return [{ text: 'delivered', tag: 'good' }];
  if (refusedAt) return [{ text: 'refused', tag: 'danger', hint: error }];
  return [{ text: attempts > 0 ? 'failed, waiting' : 'waiting', tag: 'quiet', hint: error }];
}

function nameOf(type: string): string {
  return type.slice(type.lastIndexOf('/') + 1);
}
