// Writes what the documents take from the code: npm run docs:code. Tests compare.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeNumbers } from './number-list.ts';
import { describeTree, treeBlock } from '#test/house/source-tree.ts';

const docs = join(import.meta.dirname, '../../docs');
const architecture = join(docs, 'architecture.md');

writeFileSync(
  architecture,
  readFileSync(architecture, 'utf8').replace(treeBlock, () => describeTree()),
);
writeFileSync(join(docs, 'limits.md'), describeNumbers());
