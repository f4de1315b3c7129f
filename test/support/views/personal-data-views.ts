// Locals of the views for custom attributes and data export: a full and a minimal set per view.
import { fullReauthenticationProblems, shortReauthentication } from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountDetailsView } from '#features/custom-attributes/custom-attributes.pages.ts';
import { accountExportView } from '#features/data-export/data-export.pages.ts';

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };
const plain = { isRequired: false, value: '', isTicked: false, options: [], fields: [] };
const option = { id: 'f.o.0', name: 'f.o.0', value: 'small', label: 'Small', isChosen: true };
const details = {
  heading: 'Shipping',
  action: '/auth/account/details/shipping',
  formToken: 'token',
  version: '3',
  accountHref: '/auth/account',
};
const copy = {
  action: '/auth/account/export',
  downloadAction: '/auth/account/export/download',
  pageHref: '/auth/account/export',
  email: 'ada@example.org',
  formToken: 'token',
  accountHref: '/auth/account',
};

export const personalDataFixtures: readonly ViewFixture[] = [
  aFixture(accountDetailsView, {
    full: {
      ...details,
      mayWrite: true,
      fields: [
        {
          ...plain,
          id: 'f.name',
          name: 'f.name',
          kind: 'text',
          label: 'Name',
          hint: 'As on the door',
          isRequired: true,
          problem: 'This is too long.',
        },
        {
          ...plain,
          id: 'f.size',
          name: 'f.size',
          kind: 'choice',
          label: 'Size',
          options: [option],
        },
        { ...plain, id: 'f.tags', name: 'f.tags', kind: 'lines', label: 'Tags', value: 'a' },
        { ...plain, id: 'f.o', name: 'f.o', kind: 'choices', label: 'Kinds', options: [option] },
        {
          ...plain,
          id: 'f.g',
          name: 'f.g',
          kind: 'group',
          label: 'Address',
          fields: [
            { ...plain, id: 'f.g.b', name: 'f.g.b', kind: 'flag', label: 'Behind the house' },
          ],
        },
      ],
      rows: [{ label: 'Name', text: 'Ada' }],
      isStale: true,
      isTooLarge: false,
      hasProblems: false,
    },
    short: {
      ...details,
      mayWrite: false,
      fields: [],
      rows: [],
      isStale: false,
      isTooLarge: false,
      hasProblems: false,
    },
    hooks: ['<h1>Shipping</h1>'],
  }),
  aFixture(accountExportView, {
    full: {
      ...copy,
      stage: 'ready',
      mayAsk: false,
      days: 7,
      requested: time,
      until: { ...time, words: 'in 6 days' },
      fetched: undefined,
      reauthentication: shortReauthentication,
      problems: fullReauthenticationProblems,
      isLate: true,
    },
    short: {
      ...copy,
      stage: 'none',
      mayAsk: true,
      days: 1,
      reauthentication: shortReauthentication,
      problems: {},
      isLate: false,
    },
    hooks: ['name="form_token"'],
  }),
];
