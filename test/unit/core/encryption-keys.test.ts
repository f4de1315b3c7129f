// The uses of an encryption key, and the findings of doctor about it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeUses } from '#cli/doctor/keys/encryption-keys.ts';
import {
  outsideMilliseconds,
  progressOf,
  usesOf,
  type Inventory,
} from '#core/keys/encryption/encryption-keys.ts';

const noon = new Date('2026-03-01T12:00:00Z');
const later = (milliseconds: number) => new Date(noon.getTime() + milliseconds);
const day = 24 * 60 * 60 * 1000;

function anInventory(facts: Partial<Inventory> = {}): Inventory {
  return {
    configured: ['new', 'old'],
    known: [
      { id: 'old', firstSeenAt: noon, supersededAt: noon },
      { id: 'new', firstSeenAt: noon, supersededAt: undefined },
    ],
    columns: [],
    families: [],
    isComplete: true,
    ...facts,
  };
}

const rowsOf = (rows: Readonly<Record<string, number>>) => [
  { table: 'outbox', column: 'sealed', rows: new Map(Object.entries(rows)), isComplete: true },
];

function stateOf(inventory: Inventory, at: Date, id = 'old') {
  const use = usesOf(inventory, at).find((each) => each.id === id);
  return [use?.state, use?.removableAt?.toISOString()];
}

describe('usesOf', () => {
  it('needs a former key while rows are encrypted with it', () => {
    assert.equal(
      stateOf(anInventory({ columns: rowsOf({ old: 1 }) }), later(99 * day))[0],
      'needed',
    );
  });

  it('needs a former key while refresh tokens rely on it, at most until the last one expires', () => {
    const families = [{ keyId: 'old', count: 2, lastExpiresAt: later(30 * day) }];

    assert.deepEqual(stateOf(anInventory({ families }), later(20 * day)), [
      'needed',
      later(30 * day).toISOString(),
    ]);
  });

  it('assumes that tokens of an earlier version need any former key', () => {
    const families = [{ keyId: undefined, count: 1, lastExpiresAt: later(day) }];

    assert.equal(stateOf(anInventory({ families }), noon)[0], 'needed');
    assert.equal(stateOf(anInventory({ families }), noon, 'new')[0], 'current');
  });

  it('lets a former key go when the links in mail that it encrypted have expired', () => {
    const inventory = anInventory();

    assert.equal(stateOf(inventory, later(outsideMilliseconds - 1))[0], 'waiting');
    assert.equal(stateOf(inventory, later(outsideMilliseconds))[0], 'removable');
  });

  it('lets no former key go unless everything was counted', () => {
    const inventory = anInventory({ isComplete: false });

    assert.deepEqual(stateOf(inventory, later(outsideMilliseconds)), ['uncounted', undefined]);
    assert.equal(stateOf(inventory, noon, 'new')[0], 'current');
  });

  it('reports a key that is not configured only if something needs it', () => {
    const configured = ['new'];

    assert.equal(stateOf(anInventory({ configured }), noon)[0], undefined);
    const columns = rowsOf({ old: 3, new: 1 });
    assert.equal(stateOf(anInventory({ configured, columns }), noon)[0], 'missing');
  });
});

describe('progressOf', () => {
  it('reaches 100 percent only when nothing is left', () => {
    const [column] = rowsOf({ new: 999, old: 1 });
    assert.ok(column);

    assert.equal(progressOf(column, 'new').percent, 99);
  });
});

describe('doctor about encryption keys', () => {
  const finding = (facts: Partial<Inventory>, at = noon) =>
    describeUses(usesOf(anInventory(facts), at));

  it('fails when a key is missing, and warns when one can be removed', () => {
    const missing = finding({ configured: ['new'], columns: rowsOf({ old: 1 }) });
    const removable = finding({}, later(outsideMilliseconds));
    const needed = finding({ columns: rowsOf({ old: 2 }) });
    const uncounted = finding({ isComplete: false }, later(outsideMilliseconds));

    assert.equal(missing.state, 'fail');
    assert.equal(missing.message, 'ENCRYPTION_KEYS lacks old, needed for 1 encrypted row.');
    assert.deepEqual(
      [removable.state, removable.message],
      ['warn', 'Nothing needs these keys any more: old.'],
    );
    assert.match(uncounted.message, /must stay: old, unless "ostiary key status --exact" frees it/);
    assert.equal(needed.state, 'ok');
    assert.match(needed.message, /^Former keys must stay: old for 2 encrypted rows, until 2026-/);
  });
});
