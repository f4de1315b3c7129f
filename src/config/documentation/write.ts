// Writes docs/configuration.md and .env.example: npm run docs:configuration. A test compares both
// with the definitions.
import { writeFileSync } from 'node:fs';
import { describeSettings } from './configuration-page.ts';
import { describeEnvironment } from './env-example.ts';

const root = new URL('../../../', import.meta.url);

writeFileSync(new URL('docs/configuration.md', root), describeSettings());
writeFileSync(new URL('.env.example', root), describeEnvironment());
