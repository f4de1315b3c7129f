// The brand that operators store at run time. It has the members of BRANDING, with two exceptions: the
// product name is part of passkeys and authenticator apps, and a style sheet could change what the
// pages of administrators say. Both remain settings. Images are data: URLs, because a path would let
// callers of the API read files of the server.
import { readBranding, type Branding } from '#config/kinds/branding.ts';
import { AppError } from '#platform/errors.ts';

export type BrandSettings = Readonly<Record<string, unknown>>;

export interface StoredBranding {
  readonly settings: BrandSettings;
  /** Changes with every change of the brand. */
  readonly revision: string;
  readonly updatedAt: Date;
}

export const storedMembers = [
  'logo',
  'mark',
  'favicon',
  'touch_icon',
  'accent',
  'background',
  'background_image',
  'font',
  'links',
] as const;

const files: readonly string[] = ['logo', 'mark', 'favicon', 'touch_icon', 'background_image'];

/** The sources of the images, by names such as `logo.dark`. */
export function imagesOf(settings: BrandSettings): readonly (readonly [string, string])[] {
  return files.flatMap((member) => {
    const value = settings[member];
    if (typeof value === 'string') return [[member, value] as const];
    return Object.entries(Object(value)).map(([scheme, each]) => {
      return [`${member}.${scheme}`, String(each)] as const;
    });
  });
}

/** @throws AppError `invalid_input` naming every invalid member */
export function readStoredBranding(settings: BrandSettings): Branding {
  for (const [name, value] of Object.entries(settings)) {
    if (!storedMembers.some((each) => each === name)) {
      throw new AppError('invalid_input', `${name} is set by the operator's settings only.`);
    }
    const values = typeof value === 'object' && value !== null ? Object.values(value) : [value];
    if (files.includes(name) && !values.every(isDataUrl)) {
      throw new AppError('invalid_input', `${name} must be a data: URL.`);
    }
  }
  try {
    return readBranding(JSON.stringify(settings));
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : 'is invalid';
    throw new AppError('invalid_input', `The brand ${what}.`, { cause });
  }
}

function isDataUrl(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('data:');
}
