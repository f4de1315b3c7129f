// Makes and checks argon2id hashes, a few at a time, with an end to the queue. Hashes that came from
// other systems wait in the same queue; how they are compared is in foreign-hashes/.
// Which passwords are good enough is left to features/passwords/passwords.ts.
import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { hash as argon2Hash, parseOptions, verify as argon2Verify } from '@node-rs/argon2';
import { AppError } from '#platform/errors.ts';

export interface PasswordHashingOptions {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
  /** Passwords that may wait for a free core. */
  readonly queueLimit: number;
  /** Processes like this one that share the machine's cores; 1 when unset. */
  readonly workers?: number;
  /** Opens what was sealed of a hash that came with a secret of its old system. */
  readonly open?: (sealed: string) => string;
}

export interface PasswordVerdict {
  readonly ok: boolean;
  /** The password is right and its hash is weaker than today's settings, or foreign: store a new one. */
  readonly rehash: boolean;
}

/** The most that 256 code points take in UTF-8. */
const longestPasswordBytes = 1_024;
const wrong: PasswordVerdict = { ok: false, rehash: false };
/** Begins a hash that is sealed as a whole. */
export const sealedPrefix = '$sealed$';

export function createPasswordHasher(options: PasswordHashingOptions) {
  const turns = createTurns(options);
  const parameters = {
    memoryCost: options.memoryKib,
    timeCost: options.iterations,
    parallelism: options.parallelism,
  };
  const dummy = makeDummy(options);

  async function matches(hash: string, password: Buffer): Promise<boolean> {
    if (isArgon2(hash)) return argon2Verify(hash, password);
    const foreign = await import('./foreign-hashes/comparison.ts');
    const text = hash.startsWith(sealedPrefix)
      ? (options.open?.(hash.slice(sealedPrefix.length)) ?? '')
      : hash;
    return foreign.matchesForeignHash(text, password);
  }

  async function findForm(hash: string, forms: readonly Buffer[]): Promise<Buffer | undefined> {
    for (const form of forms) if (await matches(hash, form)) return form;
    return undefined;
  }

  return {
    /** A PHC string with fresh salt. Throws `overloaded` when too many wait already. */
    async hash(password: string): Promise<string> {
      const bytes = toBytes(password);
      if (!bytes) throw new AppError('invalid_input', 'That password is too long.');
      return turns.take(() => argon2Hash(bytes, parameters));
    },

    /** Without a hash (nobody has that name) it costs the same and is never right. */
    async verify(hash: string | undefined, password: string): Promise<PasswordVerdict> {
      const bytes = toBytes(password);
      if (!bytes) return wrong;
      const form = await turns.take(() => findForm(hash ?? dummy, [bytes, ...typedForm(password)]));
      if (form === undefined || hash === undefined) return wrong;
      return { ok: true, rehash: form !== bytes || isWeaker(hash, options) };
    },

    /** Passwords that are being hashed or wait for it. */
    pending: turns.pending,
  };
}
export type PasswordHasher = ReturnType<typeof createPasswordHasher>;

/**
 * As many at once as this process has cores, less one that answers everybody else; at least one.
 * Hashes run in libuv's pool of four threads, which file access, name look-ups and signing share:
 * one thread stays free for them.
 */
function createTurns({ queueLimit, workers = 1 }: PasswordHashingOptions) {
  const cores = Math.floor(availableParallelism() / workers);
  const places = Math.max(1, Math.min(cores - 1, 3));
  const queue: (() => void)[] = [];
  let running = 0;

  function admit(): Promise<void> {
    if (queue.length >= queueLimit) throw tooMany();
    return new Promise((resolve) => {
      queue.push(resolve);
    });
  }

  return {
    pending: (): number => running + queue.length,

    async take<Result>(work: () => Promise<Result>): Promise<Result> {
      if (running < places) running += 1;
      else await admit();
      try {
        return await work();
      } finally {
        // The place goes straight to the next in line, so nobody can slip in between.
        const next = queue.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}

function tooMany(): AppError {
  const message = 'Too many people are signing in right now. Please try again in a moment.';
  return new AppError('overloaded', message, { retryAfterSeconds: 2 });
}

/** A well-formed hash of no password, with today's cost. */
function makeDummy({ memoryKib, iterations, parallelism }: PasswordHashingOptions): string {
  const [salt, digest] = [16, 32].map((size) => toBase64(randomBytes(size)));
  return `$argon2id$v=19$m=${memoryKib},t=${iterations},p=${parallelism}$${salt}$${digest}`;
}

/** PHC strings carry base64 without padding. */
function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function isArgon2(hash: string): boolean {
  return hash.startsWith('$argon2');
}

function isWeaker(hash: string, options: PasswordHashingOptions): boolean {
  if (!isArgon2(hash)) return true;
  const used = parseOptions(hash);
  return (
    !hash.startsWith('$argon2id$v=19$') ||
    used.memoryCost < options.memoryKib ||
    used.timeCost < options.iterations ||
    used.parallelism < options.parallelism
  );
}

/**
 * Undefined when no accepted password can look like this. NFC, because keyboards disagree on how to
 * write é (RFC 8265 §4.2.2); nothing else is changed and nothing is cut.
 */
function toBytes(password: string): Buffer | undefined {
  const bytes = Buffer.from(password.normalize('NFC'));
  return bytes.length <= longestPasswordBytes && password.isWellFormed() ? bytes : undefined;
}

/** As it was typed, where that is something else: systems before us did not all normalise. */
function typedForm(password: string): readonly Buffer[] {
  if (password === password.normalize('NFC')) return [];
  const bytes = Buffer.from(password);
  return bytes.length <= longestPasswordBytes ? [bytes] : [];
}
