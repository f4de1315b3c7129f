// The errors of the management API in the document: problem details (RFC 9457) by status.
import { STATUS_CODES } from 'node:http';
import { errorStatus, type ErrorCode } from '#platform/errors.ts';
import { sharedProblems, type Responses } from '#http/api/responses.ts';

const shared: readonly ErrorCode[] = sharedProblems;
const statuses = [...new Set(shared.map((code) => errorStatus[code]))].toSorted((a, b) => a - b);

/** A request target that is too long; the same code as for a body that is too large. */
const longTargetStatus = 414;

const problem = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong, in a sentence.' },
    code: { type: 'string', enum: Object.keys(errorStatus) },
    requestId: { type: 'string', description: 'Identifies the request in the log.' },
    errors: {
      type: 'array',
      description: 'The invalid members, for custom attributes.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
} as const;

/** The schema of problem details, and the responses that every route may have. */
export const problemComponents = {
  schemas: { Problem: problem },
  responses: {
    ...Object.fromEntries(
      statuses.map((status) => [
        `Problem${status}`,
        describeProblem(status, codesOf(shared, status)),
      ]),
    ),
    [`Problem${longTargetStatus}`]: describeProblem(longTargetStatus, ['too_large']),
  },
};

/** The error responses of a route, by status. */
export function describeProblems(responses: Responses): Readonly<Record<string, object>> {
  const declared = Object.values(responses).flatMap((each) => ('codes' in each ? each.codes : []));
  const all = [...new Set([...shared, ...declared])];
  const found = [...new Set(all.map((code) => errorStatus[code]))].toSorted((a, b) => a - b);
  const described = Object.fromEntries(
    found.map((status) => {
      const codes = codesOf(all, status);
      const isShared = codes.every((code) => shared.includes(code));
      const reference = { $ref: `#/components/responses/Problem${status}` };
      return [String(status), isShared ? reference : describeProblem(status, codes)];
    }),
  );
  const longTarget = { $ref: `#/components/responses/Problem${longTargetStatus}` };
  return { ...described, [longTargetStatus]: longTarget };
}

function describeProblem(status: number, codes: readonly ErrorCode[]) {
  const title = STATUS_CODES[status] ?? 'Error';
  const headers = headersOf(status);
  return {
    description: `${title}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    ...(headers ? { headers } : {}),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', properties: { code: { enum: [...codes] } } },
          ],
        },
        example: {
          type: 'about:blank',
          title,
          status,
          detail: 'What was wrong, in a sentence.',
          code: codes[0],
          requestId: '5f0c9d0e2f6b4c5f',
        },
      },
    },
  };
}

function headersOf(status: number): Readonly<Record<string, object>> | undefined {
  const text = { type: 'string' };
  if (status === 401 || status === 403) {
    return { 'WWW-Authenticate': { description: 'RFC 6750 §3.', schema: text } };
  }
  if (status !== 429 && status !== 503) return undefined;
  return { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
}

function codesOf(codes: readonly ErrorCode[], status: number): readonly ErrorCode[] {
  return codes.filter((code) => errorStatus[code] === status);
}
