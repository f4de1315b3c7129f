// Rules for passwords and the cost of hashing them.
import { wholeNumber } from '#config/kinds/numbers.ts';
import { group, setting } from '#config/setting.ts';

/** Recommended by OWASP for argon2id with one lane; the minimum in production (rules.ts). */
const recommended = { memoryKib: 19_456, iterations: 2 };

export const passwordSettings = {
  /** In code points. */
  minimumPasswordLength: setting({
    name: 'MINIMUM_PASSWORD_LENGTH',
    kind: wholeNumber({ min: 8, max: 64, unit: 'characters' }),
    default: 15,
    text: 'Minimum password length; NIST SP 800-63B requires 15 when it is the only factor.',
  }),
  argon2: group({
    memoryKib: setting({
      name: 'ARGON2_MEMORY_KIB',
      kind: wholeNumber({ min: 64, max: 4_194_304, unit: 'KiB' }),
      default: recommended.memoryKib,
      text: `Memory for one password hash (argon2id); at least ${recommended.memoryKib} in production.`,
    }),
    iterations: setting({
      name: 'ARGON2_ITERATIONS',
      kind: wholeNumber({ min: 1, max: 100, unit: 'passes' }),
      default: recommended.iterations,
      text: `Passes over that memory; at least ${recommended.iterations} in production.`,
    }),
    parallelism: setting({
      name: 'ARGON2_PARALLELISM',
      kind: wholeNumber({ min: 1, max: 8, unit: 'lanes' }),
      default: 1,
      text: 'Lanes of one password hash.',
    }),
    /** Maximum number of queued hashes; further ones are refused. */
    queueLimit: setting({
      name: 'PASSWORD_QUEUE_LIMIT',
      kind: wholeNumber({ min: 1, max: 10_000, unit: 'passwords per process' }),
      default: 100,
      text: 'Maximum number of queued password checks; further ones are refused with status 503.',
    }),
  }),
};
