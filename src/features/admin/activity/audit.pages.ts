// The audit log: search with filters, and verification of its chain.
import { auditEvents } from '#core/audit/audit.ts';
import type { AuditSearch } from '#core/audit/audit-search.service.ts';
import type { ChainReport } from '#core/audit/chain/audit-chain.ts';
import type { ChainExtent } from '#core/audit/chain/audit-chain.store.ts';
import type {
  LastVerification,
  RecordedVerification,
} from '#core/audit/chain/recorded-verification.service.ts';
import type { AuditVerification } from '#core/audit/chain/verification.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import {
  describeExactly,
  exactTime,
  plural,
  relativeTime,
  showNumber,
} from '#features/admin/page/formatting.ts';
import type {
  Block,
  Cell,
  Fact,
  Field,
  PanelPage,
  RichText,
  SearchBlock,
} from '#features/admin/page/page-model.ts';
import {
  listQuery,
  nextHref,
  readList,
  type ListQuery,
} from '#features/admin/panel/lists.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import { findNames, type NameSources } from './audit-names.pages.ts';
import { auditTable } from './audit-table.pages.ts';
import { filteredUser } from './user-filter.pages.ts';

export interface AuditPageDependencies extends NameSources {
  readonly auditSearch: AuditSearch;
  readonly auditVerification: AuditVerification;
  readonly recordedVerification: RecordedVerification;
  readonly users: UserStore;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

const path = `${panelPath}/audit`;
const rows = 50;

export function addAuditPages(panel: Panel, dependencies: AuditPageDependencies): void {
  const { auditSearch, users, cursors, now } = dependencies;

  panel.page({
    path,
    scope: 'audit:read',
    async show(ctx, visit) {
      const query = readList(ctx, ['event', 'user', 'client', 'from', 'to'], rows);
      const list = listQuery(path, query);
      const filter = await filterOf(query, users, visit);
      const page = await auditSearch.search(filter, cursors.pageOf(list, query.page));
      const { next_cursor: cursor } = cursors.present(list, page, () => undefined);
      const names = await findNames(page.items, dependencies, visit);
      return {
        title: 'Audit log',
        lead: 'Who did what, newest first. Entries are hash-chained and signed.',
        actions: [
          { id: 'verify', label: 'Verify log', href: `${path}/verify`, scope: 'audit:read' },
        ],
        blocks: [
          searchOf(query),
          { ...auditTable(page.items, now(), names), next: nextHref(path, query, cursor) },
        ],
      };
    },
  });

  panel.action(verify(dependencies));
}

/** Not a GET, because verification reads the whole log. */
function verify(dependencies: AuditPageDependencies): ActionRoute {
  const { auditVerification, recordedVerification, now } = dependencies;
  return {
    path: `${path}/verify`,
    scope: 'audit:read',
    protection: 'none',
    async show() {
      const [extent, last] = await Promise.all([
        auditVerification.extent(),
        recordedVerification.last(),
      ]);
      return {
        title: 'Verify the audit log',
        lead: 'Recomputes the hash chain and checks every signature. New entries are sealed a moment after they are written.',
        back: { label: 'Audit log', href: path },
        blocks: [
          {
            kind: 'form',
            facts: [
              { label: 'Last verified', value: lastCell(last, now()) },
              ...extentFacts(extent),
            ],
            fields: [],
            submit: 'Verify now',
            cancelHref: path,
          },
        ],
      };
    },
    async act(_ctx, visit) {
      return reportPage(await recordedVerification.verify(visit.actor));
    },
  };
}

function lastCell(last: LastVerification | undefined, now: Date): Cell {
  if (!last) return 'never';
  const { at, faultCount } = last;
  const result: RichText =
    faultCount === 0
      ? { text: 'intact', tag: 'good' }
      : { text: plural(faultCount, 'fault'), tag: 'danger' };
  return [result, { ...relativeTime(at, now), hint: describeExactly(at) }];
}

/** Malformed filters match nothing. */
async function filterOf({ values }: ListQuery, users: UserStore, visit: PanelVisit) {
  const { event, user, client, from, to } = values;
  return {
    event: auditEvents.find((each) => each === event),
    userId: await filteredUser(user, users, visit),
    clientId: client,
    from: dateOf(from),
    to: dateOf(to),
  };
}

function dateOf(text: string | undefined): Date | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(text)) return undefined;
  const at = new Date(text.includes('T') ? `${text}Z` : text);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function searchOf({ values }: ListQuery): SearchBlock {
  const others: readonly Field[] = [
    { name: 'user', label: 'User (email or ID)', type: 'text', value: values['user'] },
    { name: 'client', label: 'Client ID', type: 'text', value: values['client'] },
    { name: 'from', label: 'From (UTC)', type: 'datetime-local', value: values['from'] },
    { name: 'to', label: 'To (UTC)', type: 'datetime-local', value: values['to'] },
  ];
  return {
    kind: 'search',
    action: path,
    submit: 'Search',
    fields: [
      {
        name: 'event',
        label: 'Event',
        type: 'select',
        value: values['event'],
        options: [
          { value: '', label: 'All events' },
          ...auditEvents.toSorted().map((value) => ({ value, label: value })),
        ],
      },
      {
        name: 'more',
        label: 'More filters',
        type: 'group',
        value: others.some(({ value }) => value !== undefined) ? 'open' : undefined,
        fields: others,
      },
    ],
  };
}

/** Positions have no gaps and no entry is deleted, so the newest position is the number of entries. */
function extentFacts({ newestSeq, unsealed, newestHead }: ChainExtent): readonly Fact[] {
  return [
    { label: 'Sealed entries', value: showNumber(newestSeq) },
    { label: 'Not yet sealed', value: showNumber(unsealed) },
    ...(newestHead ? [{ label: 'Latest signed head', value: exactTime(newestHead.signedAt) }] : []),
  ];
}

function reportPage(report: ChainReport): PanelPage {
  const { faultCount, faults, entries, unsealed, erased, heads, newestHead } = report;
  const isIntact = faultCount === 0;
  const verdict: Block = isIntact
    ? { kind: 'note', id: 'verdict', tone: 'good', text: 'The audit log is intact.' }
    : {
        kind: 'note',
        id: 'verdict',
        tone: 'danger',
        text: `The audit log was tampered with: ${plural(faultCount, 'fault')}.`,
        items: faults.map(({ what, seq, until }) => `Entries ${seq} to ${until}: ${what}`),
      };
  return {
    title: 'Verification',
    back: { label: 'Audit log', href: path },
    blocks: [
      verdict,
      {
        kind: 'facts',
        facts: [
          ...extentFacts({ newestSeq: entries, unsealed, newestHead }),
          { label: 'With erased personal data', value: showNumber(erased) },
          { label: 'Signed heads', value: showNumber(heads) },
        ],
      },
    ],
  };
}
