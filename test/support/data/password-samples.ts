// Values of the `password` member of an import record in each accepted format, each with its
// password in clear text.
import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';

export interface PasswordSample {
  readonly name: string;
  readonly member: object;
  readonly password: string;
}

const salt = createHash('sha256').update('salt').digest().subarray(0, 16);

function phc(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

/** A credential as in a Keycloak realm export, whose members are JSON strings. */
export function keycloakCredential(password: string, algorithm = 'pbkdf2-sha512') {
  const digest = algorithm.slice('pbkdf2-'.length) || 'sha1';
  const value = pbkdf2Sync(password, salt, 1000, 64, digest).toString('base64');
  const secret = { value, salt: salt.toString('base64'), additionalParameters: {} };
  return {
    secretData: JSON.stringify(secret),
    credentialData: JSON.stringify({ hashIterations: 1000, algorithm, additionalParameters: {} }),
  };
}

/** An argon2 credential, the default since Keycloak 25. */
export async function keycloakArgon2(password: string) {
  const cost = { memoryCost: 64, timeCost: 2, parallelism: 1 };
  const text = await argon2(password, cost);
  const [saltText = '', value = ''] = text.split('$').slice(-2);
  const parameters = {
    hashLength: ['32'],
    memory: ['64'],
    type: ['id'],
    version: ['1.3'],
    parallelism: ['1'],
  };
  const credential = {
    hashIterations: 2,
    algorithm: 'argon2',
    additionalParameters: parameters,
  };
  return {
    secretData: JSON.stringify({ value, salt: saltText, additionalParameters: {} }),
    credentialData: JSON.stringify(credential),
  };
}

/** The example published at https://github.com/firebase/scrypt. */
export const firebaseSample = {
  parameters: {
    signer_key:
      'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
    salt_separator: 'Bw==',
    rounds: 8,
    mem_cost: 14,
  },
  salt: '42xEC+ixf3L2lw==',
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  password: 'user1password',
};

export async function makePasswordSamples(): Promise<readonly PasswordSample[]> {
  const password = 'the old words of Ann';
  const { parameters, salt: firebaseSalt, hash } = firebaseSample;
  const members: Readonly<Record<string, object>> = {
    argon2i: { hash: await argon2(password, { memoryCost: 64, timeCost: 1, algorithm: 1 }) },
    'bcrypt $2b$': { hash: await bcrypt(password, 4) },
    'bcrypt $2y$': { hash: (await bcrypt(password, 4)).replace('$2b$', '$2y$') },
    scrypt: {
      hash: `$scrypt$ln=4,r=8,p=1$${phc(salt)}$${phc(scryptSync(password, salt, 32, { N: 16, r: 8, p: 1 }))}`,
    },
    'PBKDF2 of passlib': {
      hash: `$pbkdf2-sha256$1000$${phc(salt)}$${phc(pbkdf2Sync(password, salt, 1000, 32, 'sha256'))}`,
    },
    'PBKDF2 of Django': {
      hash: `pbkdf2_sha256$1000$grains$${pbkdf2Sync(password, 'grains', 1000, 32, 'sha256').toString('base64')}`,
    },
    'PBKDF2 of Keycloak': { keycloak: keycloakCredential(password) },
    'argon2 of Keycloak': { keycloak: await keycloakArgon2(password) },
  };
  const samples = Object.entries(members).map(([name, member]) => ({ name, member, password }));
  const firebase = { ...parameters, salt: firebaseSalt, hash };
  return [
    ...samples,
    { name: 'scrypt of Firebase', member: { firebase }, password: firebaseSample.password },
  ];
}
