// The setting PROFILE_CLAIMS.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { profileClaimNames, profileClaims } from '#config/kinds/profile-claims.ts';
import { claimColumns } from '#core/users/users.store.ts';

describe('PROFILE_CLAIMS', () => {
  it('names claims, each with :view if users may not change it', () => {
    assert.deepEqual(profileClaims.parse('name, picture:view'), { name: 'edit', picture: 'view' });
    assert.deepEqual(profileClaims.parse('none'), {});
  });

  for (const [text, message] of [
    ['name,', /without empty entries/],
    ['name,name:view', /each claim once/],
    ['email', /contains "email"; allowed, with or without :view: picture, name/],
    ['name:edit', /contains "name:edit"; allowed/],
  ] as const) {
    it(`refuses ${text}`, () => {
      assert.throws(() => profileClaims.parse(text), message);
    });
  }

  it('is the same on two nodes, whatever the order', () => {
    const comparable = (text: string) => profileClaims.comparable?.(profileClaims.parse(text));
    assert.equal(comparable('name,locale:view'), comparable('locale:view,name'));
    assert.notEqual(comparable('name,locale:view'), comparable('name,locale'));
  });

  it('knows every claim that is stored, except one that users never set', () => {
    const others = claimColumns.filter((name) => name !== 'phone_number_verified');
    assert.deepEqual(profileClaimNames.toSorted(), others.toSorted());
  });
});
