/** Fixtures of the pages for devices without a browser. */
import {
  deviceApprovedView,
  deviceEndedView,
} from '#features/device-authorization/device-outcome.pages.ts';
import { deviceCodeView, deviceConfirmView } from '#features/device-authorization/device.pages.ts';
import { client } from './site-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';

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
      requested: {
        iso: '2026-05-04T10:00:00.000Z',
        words: '2 minutes ago',
        exact: 'May 4, 2026 at 10:00 AM UTC',
      },
      email: 'ada@example.org',
    },
    short: {
      ...form,
      client: { name: 'Living Room TV' },
      userCode: 'WDJB-MJHT',
      requested: {
        iso: '2026-05-04T10:00:00.000Z',
        words: '2 minutes ago',
        exact: 'May 4, 2026 at 10:00 AM UTC',
      },
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
];
