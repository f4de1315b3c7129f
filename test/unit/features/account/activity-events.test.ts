import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isShown,
  kindOfActivity,
  readActivityFilter,
} from '#features/account/activity-events.pages.ts';

describe('kindOfActivity', () => {
  it('sorts events by subject', () => {
    assert.equal(kindOfActivity('sign_in.succeeded').subject, 'sign-ins');
    assert.equal(kindOfActivity('grant.revoked').subject, 'apps');
    assert.equal(kindOfActivity('passkey.added').subject, 'changes');
    assert.equal(kindOfActivity('role.granted').subject, 'changes');
  });

  it('marks refused attempts and signs of misuse as warnings', () => {
    const refused = kindOfActivity('sign_in.refused');

    assert.deepEqual(refused, { subject: 'sign-ins', icon: 'warning', isWarning: true });
    assert.equal(kindOfActivity('sign_in.succeeded').isWarning, false);
  });
});

describe('isShown', () => {
  it('shows warnings under their subject and under the filter for warnings', () => {
    const refused = kindOfActivity('sign_in.refused');

    assert.deepEqual(
      (['all', 'sign-ins', 'problems', 'apps', 'changes'] as const).map((each) =>
        isShown(refused, each),
      ),
      [true, true, true, false, false],
    );
  });
});

describe('readActivityFilter', () => {
  it('shows everything for an unknown value', () => {
    assert.equal(readActivityFilter('apps'), 'apps');
    for (const value of ['nothing', undefined, ['apps']]) {
      assert.equal(readActivityFilter(value), 'all');
    }
  });
});
