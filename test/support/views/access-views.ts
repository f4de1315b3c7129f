// Locals of the views for sessions, connected apps and activity.
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountActivityView } from '#features/account/activity.pages.ts';
import { accountSessionsView, type SessionView } from '#features/account/sessions.pages.ts';
import { restrictedView } from '#features/impersonation/impersonation-guard.pages.ts';
import { endedView } from '#features/impersonation/impersonation.pages.ts';
import { noAccessView } from '#features/interaction/no-access.pages.ts';
import { accountAppsView } from '#features/connected-apps/connected-apps.pages.ts';

const time = {
  iso: '2026-05-04T12:00:00.000Z',
  words: '2 hours ago',
  exact: 'Monday, May 4, 2026 at 12:00:00 PM UTC',
};

function aSession(position: number): SessionView {
  return {
    hook: `end-${position}`,
    country: 'Germany',
    address: '203.0.113.7',
    apps: ['Acme Notes'],
    isSupport: position === 3,
    firstUsed: { ...time, words: 'signed in 3 days ago' },
    lastUsed: { ...time, words: 'last used 2 hours ago' },
    endAction: `/auth/account/sessions/${position}/end`,
  };
}
export const accessFixtures: readonly ViewFixture[] = [
  aFixture(restrictedView, {
    full: {
      name: 'Mary Poppins',
      accountHref: '/auth/account',
      cancel: { action: '/auth/interaction/1/cancel', formToken: 'token' },
    },
    short: { name: 'Mary Poppins', accountHref: '/auth/account' },
    hooks: ['id="impersonation-restricted"'],
  }),
  aFixture(endedView, {
    full: { panelHref: '/auth/admin' },
    hooks: ['id="impersonation-ended"'],
  }),
  aFixture(noAccessView, {
    full: {
      reason: 'organization',
      heading: 'no-access.organization.heading',
      lead: 'no-access.organization.lead',
      client: { name: 'Acme Notes', uri: 'https://acme.example/', host: 'notes.acme.example' },
      email: 'ada@example.org',
      formToken: 'token',
      switchAction: '/auth/interaction/1/switch',
      cancelAction: '/auth/interaction/1/cancel',
    },
    short: {
      reason: 'client',
      heading: 'no-access.heading',
      lead: 'no-access.lead',
      client: { name: 'Acme Notes' },
      email: 'ada@example.org',
      formToken: 'token',
      switchAction: '/auth/interaction/1/switch',
      cancelAction: '/auth/interaction/1/cancel',
    },
    hooks: ['id="no-access"', 'name="form_token"', 'id="switch"', 'id="back"'],
  }),
  aFixture(accountSessionsView, {
    full: {
      browsers: [
        { device: 'Safari on iPhone', kind: 'phone', isCurrent: true, sessions: [aSession(1)] },
        {
          device: 'Chrome on Linux',
          kind: 'computer',
          isCurrent: false,
          sessions: [aSession(2), aSession(3)],
        },
        { device: 'curl', kind: 'program', isCurrent: false, sessions: [aSession(4)] },
      ],
      formToken: 'token',
      endOthersAction: '/auth/account/sessions/end-others',
      trusted: [
        {
          hook: 'distrust-1',
          device: 'Chrome on Linux',
          kind: 'computer',
          lastUsed: { ...time, words: 'last used 2 hours ago' },
          until: { ...time, words: 'trust ends in 29 days' },
          endAction: '/auth/account/sessions/trusted/1/end',
        },
      ],
    },
    shown: {
      browsers: [
        {
          device: 'Safari on iPhone',
          kind: 'phone',
          isCurrent: true,
          sessions: [{ ...aSession(1), lastUsed: { ...time, words: 'active just now' } }],
        },
        {
          device: 'Chrome on Linux',
          kind: 'computer',
          isCurrent: false,
          sessions: [aSession(2), { ...aSession(4), apps: ['Acme Notes', 'Corner Shop'] }],
        },
        {
          device: 'Firefox on Windows',
          kind: 'computer',
          isCurrent: false,
          sessions: [aSession(5)],
        },
      ],
    },
    short: {
      browsers: [
        {
          device: '',
          kind: 'program',
          isCurrent: false,
          sessions: [
            { hook: 'end-1', apps: [], firstUsed: time, lastUsed: time, endAction: '/auth/end' },
          ],
        },
      ],
      formToken: 'token',
      trusted: [],
    },
    hooks: ['name="form_token"', 'id="end-1"'],
  }),
  aFixture(accountAppsView, {
    full: {
      apps: [
        {
          client: { name: 'Acme Notes' },
          requests: [
            { icon: 'email', text: 'See your email address' },
            { icon: 'profile', text: 'See your name and profile' },
          ],
          since: time,
          lastUsed: time,
          revokeAction: '/auth/account/apps/acme/revoke',
        },
      ],
      formToken: 'token',
    },
    shown: {
      apps: [
        {
          client: { name: 'Acme Notes' },
          requests: [
            { icon: 'email', text: 'See your email address' },
            { icon: 'profile', text: 'See your name and picture' },
          ],
          since: { ...time, words: '3 months ago' },
          lastUsed: time,
          revokeAction: '/auth/account/apps/acme/revoke',
        },
        {
          client: { name: 'Corner Shop' },
          requests: [
            { icon: 'address', text: 'See your postal address' },
            { icon: 'offline', text: 'Stay connected while you are away' },
          ],
          since: { ...time, words: 'last year' },
          lastUsed: { ...time, words: '2 weeks ago' },
          revokeAction: '/auth/account/apps/shop/revoke',
        },
      ],
    },
    short: { apps: [], formToken: 'token' },
  }),
  aFixture(accountActivityView, {
    full: {
      lead: [
        { text: 'If you don’t recognize something, ' },
        { text: 'change your password', href: '/auth/account/password' },
        { text: ' and ' },
        { text: 'sign out everywhere else', href: '/auth/account/sessions' },
        { text: '.' },
      ],
      filters: [
        { label: 'account-activity.filter.all', href: '/auth/account/activity', isCurrent: true },
        {
          label: 'account-activity.filter.sign-ins',
          href: '/auth/account/activity?show=sign-ins',
          isCurrent: false,
        },
        {
          label: 'account-activity.filter.apps',
          href: '/auth/account/activity?show=apps',
          isCurrent: false,
        },
        {
          label: 'account-activity.filter.changes',
          href: '/auth/account/activity?show=changes',
          isCurrent: false,
        },
        {
          label: 'account-activity.filter.problems',
          href: '/auth/account/activity?show=problems',
          isCurrent: false,
        },
      ],
      entries: [
        {
          what: 'You gave Acme Notes access',
          icon: 'app',
          isWarning: false,
          app: undefined,
          device: 'Safari on iPhone',
          country: 'Germany',
          address: '203.0.113.7',
          at: time,
        },
        {
          what: 'A sign-in attempt failed',
          icon: 'warning',
          isWarning: true,
          app: undefined,
          device: 'Chrome on Windows',
          country: 'France',
          address: '198.51.100.4',
          at: time,
        },
        {
          what: 'A passkey was added',
          icon: 'passkey',
          isWarning: false,
          app: undefined,
          device: 'Safari on iPhone',
          country: 'Germany',
          address: '203.0.113.7',
          at: time,
        },
      ],
    },
    short: { lead: [], filters: [], entries: [] },
  }),
];
