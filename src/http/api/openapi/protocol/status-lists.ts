// The status lists of revocable JWT access tokens (draft-ietf-oauth-status-list).
import {
  jsonOf,
  oauthError,
  object,
  operation,
  text,
  texts,
  textOf,
  type Operation,
} from './operation.ts';

const example = 'eyJ0eXAiOiJzdGF0dXNsaXN0K2p3dCJ9.e30.c2ln';

export const statusListPaths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/oauth2/status-lists': {
    get: operation({
      operationId: 'statusLists',
      summary: 'The addresses of all status lists.',
      responses: {
        200: jsonOf(
          object({
            'status_lists!': {
              ...texts,
              examples: [['https://id.example.com/oauth2/status-lists/1']],
            },
          }),
          'The addresses.',
        ),
      },
    }),
  },
  '/oauth2/status-lists/{id}': {
    get: operation({
      operationId: 'statusList',
      summary: 'Which tokens of a list are revoked, as a signed JWT.',
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { ...text, examples: ['1'] } },
      ],
      responses: {
        200: textOf('application/statuslist+jwt', 'The list.', example),
        304: { description: 'The list is unchanged.' },
        404: oauthError('The list does not exist or has expired.', 'invalid_request'),
      },
    }),
  },
};
