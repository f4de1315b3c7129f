// The formats of ids in paths. An id in the wrong format is reported as not found.
import type { IdForm } from './route.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The format that oidc-provider generates. */
const random = /^[\w-]{16,64}$/;

export const userId: IdForm = {
  form: uuid,
  code: 'user_not_found',
  message: 'User not found.',
};

export const identityId: IdForm = {
  form: uuid,
  code: 'not_found',
  message: 'Linked account not found.',
};

export const sessionUid: IdForm = {
  form: random,
  code: 'not_found',
  message: 'Session not found.',
};

export const grantId: IdForm = {
  form: random,
  code: 'not_found',
  message: 'Grant not found.',
};

export const familyId: IdForm = {
  form: uuid,
  code: 'not_found',
  message: 'Refresh token family not found.',
};

export const clientId: IdForm = {
  form: /^[\x20-\x7e]{1,255}$/,
  code: 'client_not_found',
  message: 'Client not found.',
};
