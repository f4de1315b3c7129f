// A table of cases for active and inactive users and clients.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isActive,
  type Subjects,
  type SubjectStatus,
} from '#core/subject-status/subject-status.ts';

const noon = new Date('2026-05-04T12:00:00Z');
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);
const open: SubjectStatus = { blockedAt: undefined, notBefore: undefined };
const everybodyMay: Subjects = { user: open, client: open, notBefore: undefined };
const moment = { issuedAt: noon, at: later(10) };

describe('isActive', () => {
  const cases: readonly (readonly [string, Partial<Subjects>, boolean])[] = [
    ['user and client are active', {}, true],
    ['no user is involved', { user: null }, true],
    ['the user does not exist', { user: undefined }, false],
    ['the client does not exist', { client: undefined }, false],
    ['the user is blocked', { user: { ...open, blockedAt: later(5) } }, false],
    ['the client is blocked', { client: { ...open, blockedAt: later(5) } }, false],
    ['the block has ended', { user: { ...open, blockedAt: noon, blockedUntil: later(9) } }, true],
    [
      'the block has not ended',
      { user: { ...open, blockedAt: noon, blockedUntil: later(11) } },
      false,
    ],
    ['the notBefore of the user is later', { user: { ...open, notBefore: later(1) } }, false],
    ['the notBefore of the user is equal', { user: { ...open, notBefore: noon } }, true],
    ['the notBefore of the client is later', { client: { ...open, notBefore: later(1) } }, false],
    ['the global notBefore is later', { notBefore: later(1) }, false],
    [
      'only the notBefore of the user is later',
      { notBefore: later(-5), user: { ...open, notBefore: later(1) } },
      false,
    ],
    [
      'only the global notBefore is later, despite an earlier one of the user',
      { notBefore: later(1), user: { ...open, notBefore: later(-5) } },
      false,
    ],
  ];

  for (const [fact, subjectStatus, expected] of cases) {
    it(`returns ${expected} if ${fact}`, () => {
      assert.equal(isActive({ ...everybodyMay, ...subjectStatus }, moment), expected);
    });
  }
});
