// An example of a command: its output as text and as JSON. output.test.ts runs each example twice, once per
// format.
import type { TestApp } from '#test/support/app.ts';

/** What `shapeOf` returns: `text`, `number`, `flag` or `null`, lists of the shapes of the elements. */
export type Shape = string | null | readonly Shape[] | { readonly [member: string]: Shape };

export interface Invocation {
  readonly args: readonly string[];
  readonly stdin?: string;
}

export interface Example {
  /** Prepares the data for the command and returns its arguments, without the name. */
  prepare(app: TestApp): Promise<Invocation> | Invocation;
  /** Matches the whole text output. */
  readonly text: RegExp;
  /** The shape of the JSON document, or what asserts about a document of variable shape. */
  readonly json: Shape | ((document: unknown) => void);
  /** The exit code; 0 unless the command reports something with it. */
  readonly exitCode?: number;
}

export type Examples = Readonly<Record<string, Example>>;

/** Types instead of values, so that a document can be compared although its ids and times vary. */
export function shapeOf(value: unknown): Shape {
  if (value === null) return null;
  if (Array.isArray(value)) return distinct(value.map(shapeOf));
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([name, each]) => [name, shapeOf(each)] as const);
    return Object.fromEntries(members);
  }
  if (typeof value === 'boolean') return 'flag';
  return typeof value === 'number' ? 'number' : 'text';
}

function distinct(shapes: readonly Shape[]): readonly Shape[] {
  const byText = new Map(shapes.map((shape) => [JSON.stringify(shape), shape]));
  return [...byText.values()];
}

/** The whole output of a command that revokes something. */
export function receiptText(sentence: string): RegExp {
  const parts = String.raw`(?:[A-Z][a-z -]+ +\d+ +[\d.]+ ms\n)+`;
  const total = String.raw`Total, including the audit entry +[\d.]+ ms\n`;
  const refused = String.raw`\nIssued before, refused from now on, not counted: [a-z, -]+\.\n`;
  const entry = String.raw`Audit entry: [\w-]{36}\n`;
  return new RegExp(`^${sentence}\\n\\n${parts}${total}${refused}${entry}$`);
}

export const receipt: Shape = {
  id: 'text',
  at: 'text',
  milliseconds: 'number',
  parts: [{ kind: 'text', count: 'number', milliseconds: 'number' }],
  refused: ['text'],
};

/** The whole output of a command that prints a sentence and the user. */
export function userText(sentence: string, ...lines: readonly string[]): RegExp {
  const values = String.raw`id +[\w-]{36}\nemail +\S+@\S+\nemail_verified +false\n`;
  const times = String.raw`created_at +\S+Z\nupdated_at +\S+Z\n`;
  const [roles = '', claims = ''] = lines;
  return new RegExp(`^${sentence}\\n\\n${values}${roles}${times}${claims}$`);
}

const user = {
  id: 'text',
  email: 'text',
  email_verified: 'flag',
  claims: {},
  roles: [],
  blocked_at: null,
  created_at: 'text',
  updated_at: 'text',
};

export const shownUser: Shape = user;
export const shownUserWithName: Shape = { ...user, claims: { name: 'text' } };
export const shownBlockedUser = { ...user, blocked_at: 'text' };
export const shownAdministrator: Shape = { ...user, roles: ['text'] };

/** The output of `session list` for one session. */
export const sessionTable =
  /^UID +USER +DEVICE +ADDRESS +SIGNED IN +LAST USED +APPS\n[\w-]{43} +[\w-]{36} +- +127\.0\.0\.1 +\S+ \S+Z +\S+ \S+Z +Tasks\n$/;

export const shownSession: Shape = {
  uid: 'text',
  user_id: 'text',
  device: null,
  address: 'text',
  country: null,
  amr: ['text'],
  signed_in_at: 'text',
  first_used_at: 'text',
  last_used_at: 'text',
  expires_at: 'text',
  apps: [{ client_id: 'text', name: 'text' }],
  impersonator: null,
};
