// Roles, groups and organizations for the examples of commands, and patterns of the output.
import { randomBytes } from 'node:crypto';
import type { TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import type { Shape } from './example.ts';

/** Unique, so that the same command can run for text and for JSON output. */
export function aName(): string {
  return `n${randomBytes(4).toString('hex')}`;
}

/** A role, group or organization, created by its own command. */
export async function made(app: TestApp, kind: 'role' | 'group' | 'organization'): Promise<string> {
  const name = aName();
  await createCommandRunner(app.services).done([kind, 'create', name]);
  return name;
}

export async function withMember(app: TestApp, kind: 'group' | 'organization') {
  const name = await made(app, kind);
  const { email } = await app.createUser();
  const { done } = createCommandRunner(app.services);
  await done([kind, 'add-member', name, '--user', email]);
  return { name, email, done };
}

export async function permissionOf(app: TestApp): Promise<readonly string[]> {
  const { audience } = await app.createApi({ scopes: ['read'] });
  return ['--resource', audience, '--scopes', 'read'];
}

/** The output of a command that prints these lines only. */
export function lines(values: string): RegExp {
  return new RegExp(`^${values}$`);
}

/** The output of a command that prints a sentence, and then values. */
export function said(sentence: string, values: string, table = ''): RegExp {
  return new RegExp(`^${sentence}\\n\\n${values}${table}$`);
}

export const deleted: Shape = { id: 'text', deleted: 'flag' };
