// Who may act: tables of cases.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  mayAct,
  type Standing,
  type SubjectStanding,
} from '#core/subject-status/subject-status.ts';

const noon = new Date('2026-05-04T12:00:00Z');
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);
const open: SubjectStanding = { blockedAt: undefined, notBefore: undefined };
const everybodyMay: Standing = { user: open, client: open, notBefore: undefined };
const moment = { issuedAt: noon, at: later(10) };

describe('who may act', () => {
  const cases: readonly (readonly [string, Partial<Standing>, boolean])[] = [
    ['nothing stands against it', {}, true],
    ['no person is involved', { user: null }, true],
    ['the person is gone', { user: undefined }, false],
    ['the client is gone', { client: undefined }, false],
    ['the person is blocked', { user: { ...open, blockedAt: later(5) } }, false],
    ['the client is blocked', { client: { ...open, blockedAt: later(5) } }, false],
    ['the block has ended', { user: { ...open, blockedAt: noon, blockedUntil: later(9) } }, true],
    [
      'the block has not ended',
      { user: { ...open, blockedAt: noon, blockedUntil: later(11) } },
      false,
    ],
    ['the epoch of the person is younger', { user: { ...open, notBefore: later(1) } }, false],
    ['the epoch of the person is as old', { user: { ...open, notBefore: noon } }, true],
    ['the epoch of the client is younger', { client: { ...open, notBefore: later(1) } }, false],
    ['the epoch of everybody is younger', { notBefore: later(1) }, false],
    [
      'a wider epoch is old and a narrower one is young',
      { notBefore: later(-5), user: { ...open, notBefore: later(1) } },
      false,
    ],
    [
      'a narrower epoch is old and a wider one is young',
      { notBefore: later(1), user: { ...open, notBefore: later(-5) } },
      false,
    ],
  ];

  for (const [fact, standing, expected] of cases) {
    it(`is ${expected ? 'let through' : 'refused'} when ${fact}`, () => {
      assert.equal(mayAct({ ...everybodyMay, ...standing }, moment), expected);
    });
  }
});
