// Locals of the views for custom attributes and data export: a full and a minimal set per view.
import { fullReauthenticationProblems, shortReauthentication } from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountDetailsView } from '#features/custom-attributes/custom-attributes.pages.ts';
import type { DetailFieldView } from '#features/custom-attributes/field-views.pages.ts';
import { accountExportView } from '#features/data-export/data-export.pages.ts';

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };
const plain = { isRequired: false, value: '', isTicked: false, options: [], fields: [] };
const option = { id: 'f.o.0', name: 'f.o.0', value: 'small', label: 'Small', isChosen: true };
function anOption(name: string, label: string, isChosen: boolean) {
  return { id: name, name, value: label, label, isChosen };
}

function aField(
  name: string,
  kind: DetailFieldView['kind'],
  label: string,
  facts: Partial<DetailFieldView> = {},
): DetailFieldView {
  return { ...plain, id: `f.${name}`, name: `f.${name}`, kind, label, ...facts };
}

const details = {
  heading: 'Shipping',
  action: '/auth/account/details/shipping',
  formToken: 'token',
  version: '3',
};
const copy = {
  action: '/auth/account/export',
  downloadAction: '/auth/account/export/download',
  pageHref: '/auth/account/export',
  email: 'ada@example.org',
  formToken: 'token',
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
    shown: {
      fields: [
        aField('street', 'text', 'Street and house number', { value: 'St James’s Square 12' }),
        aField('notes', 'text', 'Delivery notes', {
          hint: 'For example: ring twice, leave it with a neighbor.',
          isLong: true,
        }),
        aField('size', 'choice', 'Shirt size', {
          isRequired: true,
          options: ['S', 'M', 'L'].map((size) => anOption(`f.size.${size}`, size, size === 'M')),
        }),
        aField('days', 'choices', 'Days on which you are at home', {
          options: ['Weekdays', 'Saturdays'].map((day, at) =>
            anOption(`f.days.${at}`, day, at === 1),
          ),
        }),
        aField('gifts', 'flag', 'Wrap orders as gifts'),
      ],
      isStale: false,
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
      mayAsk: true,
      days: 7,
      requested: time,
      until: 'May 10, 2026',
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
