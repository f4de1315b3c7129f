/** Fixtures of the pages for devices without a browser. */
import {
  deviceApprovedView,
  deviceEndedView,
} from '#features/device-authorization/device-outcome.pages.ts';
import { deviceCodeView, deviceConfirmView } from '#features/device-authorization/device.pages.ts';
import { accountRequestsView } from '#features/backchannel-authentication/requests.pages.ts';
import { client } from './site-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';

const requested = {
  iso: '2026-05-04T10:00:00.000Z',
  words: '2 minutes ago',
  exact: 'May 4, 2026 at 10:00 AM UTC',
};
const form = { action: '/device', formToken: 'token' };

export const deviceFixtures: readonly ViewFixture[] = [
  aFixture(deviceCodeView, {
    full: { ...form, userCode: 'WDJB-MJHT', problem: 'device-code.problem.expired' },
    short: { ...form, userCode: '' },
    hooks: ['name="user_code"', 'name="form_token"', 'id="continue"'],
  }),
  aFixture(deviceConfirmView, {
    full: {
      ...form,
      client,
      userCode: 'WDJB-MJHT',
      country: 'Germany',
      address: '203.0.113.7',
      device: 'Android TV',
      requested,
      email: 'ada@example.org',
    },
    short: {
      ...form,
      client: { name: 'Living Room TV' },
      userCode: 'WDJB-MJHT',
      requested,
    },
    hooks: ['name="user_code"', 'id="confirm"', 'id="deny"', 'id="warning"', 'id="shown-code"'],
  }),
  aFixture(deviceApprovedView, { full: { client }, hooks: ['id="device-approved"'] }),
  aFixture(deviceEndedView, {
    full: {
      reason: 'expired',
      heading: 'device-ended.expired.heading',
      lead: 'device-ended.expired.lead',
      againHref: '/device',
    },
    hooks: ['id="device-ended"', 'id="again"'],
  }),
  aFixture(accountRequestsView, {
    full: {
      requests: [
        {
          client,
          message: 'Order 4711',
          access: [{ icon: 'person', text: 'See your name' }],
          country: 'Germany',
          address: '203.0.113.7',
          requested,
          allowAction: '/auth/account/requests/1/allow',
          denyAction: '/auth/account/requests/1/deny',
        },
        {
          client: { name: 'Corner Shop' },
          access: [],
          requested,
          allowAction: '/auth/account/requests/2/allow',
          denyAction: '/auth/account/requests/2/deny',
        },
      ],
      isLate: true,
      confirmHref: '/auth/account/confirm?back=requests',
      formToken: 'token',
    },
    short: { requests: [], isLate: false, formToken: 'token' },
    shown: {
      requests: [
        {
          client: { name: 'Acme Bank' },
          message: 'Payment of €249.00 to Corner Shop',
          access: [
            { icon: 'person', text: 'Recognize you when you sign in' },
            { icon: 'email', text: 'See your email address' },
          ],
          country: 'Germany',
          address: '203.0.113.7',
          requested,
          allowAction: '/auth/account/requests/1/allow',
          denyAction: '/auth/account/requests/1/deny',
        },
        {
          client: { name: 'Corner Shop' },
          message: 'Order 4711',
          access: [],
          country: 'Germany',
          address: '198.51.100.4',
          requested: { ...requested, words: '1 minute ago' },
          allowAction: '/auth/account/requests/2/allow',
          denyAction: '/auth/account/requests/2/deny',
        },
      ],
      confirmHref: undefined,
    },
  }),
];
