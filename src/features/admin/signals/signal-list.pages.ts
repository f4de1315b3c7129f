// The list of streams of Shared Signals. Receivers create them, so there is no form for a new one.
import type { Clients } from '#core/clients/clients.service.ts';
import type { Cursors } from '#http/api/cursors.ts';
import type { Cell, RichText } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { StreamAdministration } from '#features/shared-signals/streams/stream-administration.service.ts';
import type { SignalStream } from '#features/shared-signals/streams/streams.ts';

export interface SignalListDependencies {
  readonly streamAdministration: StreamAdministration;
  readonly clients: Clients;
  readonly cursors: Cursors;
}

export const signalsPath = `${panelPath}/signal-streams`;

export function signalPath(id: string): string {
  return `${signalsPath}/${encodeURIComponent(id)}`;
}

export function addSignalList(panel: Panel, dependencies: SignalListDependencies): void {
  const { streamAdministration, clients, cursors } = dependencies;
  panel.page({
    path: signalsPath,
    scope: 'signals:read',
    async show(ctx) {
      const query = readList(ctx, []);
      const list = listQuery(signalsPath, query);
      const page = await streamAdministration.list(cursors.pageOf(list, query.page));
      const waiting = await streamAdministration.countWaiting(page.items.map(({ id }) => id));
      const names = await namesOf(clients, page.items);
      const shown = cursors.present(list, page, (stream) => rowOf(stream, { names, waiting }));
      return {
        title: 'Shared Signals',
        lead: 'Apps learn within seconds that a user is blocked, signed out or deleted, and end their own sessions.',
        blocks: [
          {
            kind: 'table',
            caption: 'Streams in the order of creation',
            columns: ['Receiver', 'State', 'Delivery', 'Waiting'].map((label) => ({ label })),
            rows: shown.items,
            empty:
              'A client that is registered with the scope ssf.manage creates its stream itself.',
            next: nextHref(signalsPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

interface RowOptions {
  /** Number of pending signals by client id. */
  readonly names: ReadonlyMap<string, string>;
  readonly waiting: ReadonlyMap<string, number>;
}

function rowOf(stream: SignalStream, { names, waiting }: RowOptions): readonly Cell[] {
  const { id, clientId, description, endpointUrl } = stream;
  return [
    {
      text: names.get(clientId) ?? clientId,
      href: signalPath(id),
      isStrong: true,
      hint: description,
    },
    stateOf(stream),
    endpointUrl === undefined ? 'poll' : { text: 'push', hint: new URL(endpointUrl).host },
    String(waiting.get(id) ?? 0),
  ];
}

/** The name of the client, or its id. */
export async function nameOfReceiver(
  clients: Pick<Clients, 'find'>,
  { clientId }: Pick<SignalStream, 'clientId'>,
): Promise<string> {
  const name = (await clients.find(clientId))?.metadata['client_name'];
  return typeof name === 'string' && name !== '' ? name : clientId;
}

async function namesOf(clients: Clients, streams: readonly SignalStream[]) {
  const names = new Map<string, string>();
  for (const each of streams) names.set(each.clientId, await nameOfReceiver(clients, each));
  return names;
}

export function stateOf({ status, heldBy, failingSince }: SignalStream): RichText {
  if (heldBy === 'failing' || heldBy === 'overflow') {
    return { text: `${status}: ${heldBy}`, tag: 'danger' };
  }
  if (status !== 'enabled') return { text: status, tag: 'quiet' };
  return failingSince ? { text: 'failing', tag: 'warning' } : { text: 'enabled', tag: 'good' };
}
