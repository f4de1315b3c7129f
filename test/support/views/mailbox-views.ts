/** Locals of the pages that a mail leads to, and of the development mailbox. */
import { aFixture, type ViewFixture } from './view-fixture.ts';
import {
  notMeView,
  notMeDoneView,
} from '#features/unrecognized-devices/unrecognized-device.pages.ts';
import { devMailView, devMailContentView } from '#features/dev-mailbox/dev-mailbox.pages.ts';

const signInTime = {
  iso: '2026-05-04T12:00:00.000Z',
  words: '2 hours ago',
  exact: 'May 4, 2026 at 12:00 PM UTC',
};

export const mailboxFixtures: readonly ViewFixture[] = [
  aFixture(notMeView, {
    full: {
      at: signInTime,
      country: 'Germany',
      address: '203.0.113.7',
      device: 'Firefox on Windows',
      action: '/auth/not-me/token',
      formToken: 'token',
    },
    short: { at: signInTime, action: '/auth/not-me/token', formToken: 'token' },
    hooks: ['name="form_token"', 'id="continue"'],
  }),
  aFixture(notMeDoneView, {
    full: { homeHref: '/', recoverHref: '/auth/recover' },
    hooks: ['id="signed-out"'],
  }),
  aFixture(devMailView, {
    full: {
      mails: [
        {
          href: '/auth/dev/mail/2',
          subject: '482913 is your Ostiary code',
          to: 'ada@example.org',
          at: '1 minute ago',
        },
        {
          href: '/auth/dev/mail/1',
          subject: 'New sign-in to Ostiary',
          to: 'grace@example.org',
          at: '12 minutes ago',
        },
      ],
    },
    short: { mails: [] },
  }),
  aFixture(devMailContentView, {
    full: {
      subject: '482913 is your Ostiary code',
      to: 'ada@example.org',
      at: '1 minute ago',
      pieces: [{ text: 'See ' }, { text: 'https://a.example/', href: 'https://a.example/' }],
      source: '<!doctype html>\n<p>See <a href="https://a.example/">https://a.example/</a></p>',
      htmlHref: '/auth/dev/mail/1/html',
      backHref: '/auth/dev/mail',
    },
    hooks: ['id="letter"'],
  }),
];
