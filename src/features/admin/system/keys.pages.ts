// Signing keys and encryption keys: their states, planned and emergency rotation, and retiring a key.
import {
  presentEncryption,
  type progressOf,
  type Inventory,
} from '#core/keys/encryption/encryption-keys.ts';
import type { EncryptionKeys } from '#core/keys/encryption/encryption-keys.service.ts';
import type { KeyRotation } from '#core/keys/rotation/key-rotation.service.ts';
import {
  activatesAt,
  rankOfAlgorithm,
  type SigningKeyState,
  type SigningKeyStatus,
} from '#core/keys/signing-keys.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import { day, exactTime, plural, relativeTime } from '#features/admin/page/formatting.ts';
import type { Block, Cell, RichText, TableBlock } from '#features/admin/page/page-model.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addKeyActions, keysPath } from './key-actions.pages.ts';

export interface KeyPageDependencies {
  readonly signingKeys: SigningKeys;
  readonly keyRotation: KeyRotation;
  readonly encryptionKeys: EncryptionKeys;
  readonly now: () => Date;
}

/** Maximum number of retired keys; the API and the command line show older ones. */
const maxRetired = 8;

/** Order of the list: signing keys first. */
const order: readonly SigningKeyStatus[] = ['active', 'next', 'retiring', 'retired'];

export function addKeyPages(panel: Panel, dependencies: KeyPageDependencies): void {
  addKeyActions(panel, dependencies);
  panel.page({
    path: keysPath,
    scope: 'keys:read',
    async show(_ctx, visit) {
      const { signingKeys, keyRotation, encryptionKeys, now } = dependencies;
      const [keys, inventory] = [await signingKeys.list(), await encryptionKeys.shortInventory()];
      return {
        title: 'Keys',
        lead: 'Signing keys are used for ID tokens, JWT access tokens and the audit log. Encryption keys protect secrets in the database. Private keys never leave the server.',
        actions: [
          {
            id: 'act-replace',
            label: 'Replace all keys',
            tone: 'danger',
            href: `${keysPath}/replace`,
            scope: 'keys:write',
          },
          {
            id: 'act-rotate',
            label: 'Rotate keys',
            tone: 'main',
            href: `${keysPath}/rotate`,
            scope: 'keys:write',
          },
        ],
        blocks: [
          scheduleOf(keyRotation, keys),
          signingTable(keys, { dependencies, mayWrite: visit.may('keys:write') }),
          ...encryptionBlocks(inventory, now()),
        ],
      };
    },
  });
}

interface TableOptions {
  readonly dependencies: KeyPageDependencies;
  readonly mayWrite: boolean;
}

function signingTable(keys: readonly SigningKeyState[], options: TableOptions): TableBlock {
  const { now } = options.dependencies;
  const rankOf = ({ status, alg }: SigningKeyState) =>
    order.indexOf(status) * 10 + rankOfAlgorithm(alg);
  const live = keys.filter(({ status }) => status !== 'retired');
  const retired = keys.filter(({ status }) => status === 'retired').toReversed();
  const shown = [
    ...live.toSorted((a, b) => rankOf(a) - rankOf(b)),
    ...retired.slice(0, maxRetired),
  ];
  return {
    kind: 'table',
    title: 'Signing keys',
    caption: 'Signing keys',
    columns: ['Algorithm', 'Key ID', 'State', 'Created', 'Action'].map((label) => ({ label })),
    rows: shown.map((key) => [
      key.alg,
      { text: key.kid, isCode: true },
      stateOf(key, options),
      { ...relativeTime(key.createdAt, now()), hint: day(key.createdAt).text },
      options.mayWrite && (key.status === 'next' || key.status === 'retiring')
        ? { text: 'Retire', href: `${keysPath}/${key.kid}/retire`, isDangerous: true }
        : '',
    ]),
    empty: 'No keys yet.',
  };
}

function stateOf(key: SigningKeyState, { dependencies }: TableOptions): Cell {
  const at = dependencies.now();
  const { policy } = dependencies.keyRotation;
  if (key.isRevoked) return { text: 'revoked', tag: 'danger' };
  if (key.status === 'active') return { text: 'signing', tag: 'good' };
  if (key.status === 'next') {
    const hint = `starts signing ${relativeTime(activatesAt(key, policy), at).text}`;
    return { text: 'published', tag: 'quiet', hint };
  }
  if (key.status === 'retired' || !key.retiresAt) return { text: key.status, tag: 'quiet' };
  const hint = `until its last token expires, ${relativeTime(key.retiresAt, at).text}`;
  return { text: 'retiring', tag: 'quiet', hint };
}

function scheduleOf({ policy }: KeyRotation, keys: readonly SigningKeyState[]): Block {
  const { intervalMilliseconds: interval, leadMilliseconds: lead } = policy;
  const days = interval === undefined ? undefined : interval / 86_400_000;
  const active = keys.filter(({ status }) => status === 'active');
  const last = latest(active.map((key) => key.activatedAt ?? key.createdAt));
  const published = latest(
    keys.filter(({ status }) => status === 'next').map((key) => activatesAt(key, policy)),
  );
  const planned = last && interval !== undefined ? new Date(+last + interval) : undefined;
  const next = published ?? planned;
  return {
    kind: 'facts',
    title: 'Rotation',
    isStrip: true,
    facts: [
      {
        label: 'Schedule',
        value: days === undefined ? 'only on request' : `every ${plural(days, 'day')}`,
      },
      ...(last ? [{ label: 'Last rotation', value: day(last) }] : []),
      ...(next ? [{ label: 'Next rotation', value: day(next) }] : []),
      { label: 'Lead time before signing', value: `${Math.round(lead / 60_000)} minutes` },
    ],
  };
}

function latest(times: readonly Date[]): Date | undefined {
  return times.toSorted((a, b) => +b - +a)[0];
}

function encryptionBlocks(inventory: Inventory, at: Date): readonly Block[] {
  const { keys, columns } = presentEncryption(inventory, at);
  const incomplete = columns.filter(({ total, done, complete }) => done < total || !complete);
  return [
    {
      kind: 'table',
      title: 'Encryption keys',
      caption: 'Keys of ENCRYPTION_KEYS and what needs them',
      columns: [
        { label: 'ID' },
        { label: 'State' },
        { label: 'Encrypted rows', isNumber: true },
        { label: 'Refresh tokens', isNumber: true },
      ],
      rows: keys.map((key) => [
        { text: key.id, isCode: true },
        { ...showState(key.state), hint: hintOf(key.removable_at, key.state) },
        String(key.rows),
        String(key.refresh_tokens),
      ]),
      empty: 'No keys.',
    },
    ...(incomplete.length > 0 ? [progressTable(incomplete)] : []),
  ];
}

type EncryptedColumn = ReturnType<typeof progressOf>;

/** Columns with values encrypted by an earlier key, or with too many values to count. */
function progressTable(columns: readonly EncryptedColumn[]): TableBlock {
  return {
    kind: 'table',
    title: 'Encryption progress',
    caption: 'Values encrypted with the current key, by column',
    columns: [{ label: 'Column' }, { label: 'Encrypted values', isNumber: true }],
    rows: columns.map(({ table, column, total, done, complete }) => [
      { text: `${table}.${column}`, isCode: true },
      `${done} of ${total}${complete ? '' : ' or more'}`,
    ]),
    empty: '',
  };
}

function hintOf(removableAt: string | null, state: string): string | undefined {
  if (removableAt === null || state === 'removable' || state === 'missing') return undefined;
  return `until ${exactTime(new Date(removableAt)).text} at the latest`;
}

function showState(state: string): RichText {
  if (state === 'current') return { text: 'current', tag: 'good' };
  if (state === 'removable') return { text: 'can be removed', tag: 'good' };
  if (state === 'uncounted') return { text: 'see key status --exact', tag: 'quiet' };
  if (state === 'missing') return { text: 'missing', tag: 'danger' };
  return { text: state === 'waiting' ? 'kept for links in emails' : 'needed', tag: 'quiet' };
}
