// Size of the functions of src. source-structure.test.ts checks the size of files and folders.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureFunctions } from './functions.ts';
import { sources } from './sources.ts';

const maxFunctionLines = 50;
/** Limit for a function that contains the functions that it returns or registers. */
const maxFactoryLines = 100;

describe('function size', () => {
  it(`has no function with more than ${maxFunctionLines} lines in src, no factory with more than ${maxFactoryLines}`, () => {
    const long = sources
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap(({ path, functions }) =>
        functions
          .filter(
            ({ lines, isFactory }) => lines > (isFactory ? maxFactoryLines : maxFunctionLines),
          )
          .map(({ name, lines }) => `${path}:${name} has ${lines}`),
      );

    assert.deepEqual(long, []);
  });
});

describe('measureFunctions', () => {
  it('measures functions, methods and arrow functions up to their last line', () => {
    const text = [
      'export function createStore({',
      '  db,',
      '}: Dependencies): Store {',
      '  const find = async (id: string) => {',
      '    if (id) {',
      '    }',
      '  };',
      '  return {',
      '    find,',
      '    async save(',
      '      row: Row,',
      '    ): Promise<void> {',
      '      await db.run(row);',
      '    },',
      '  };',
      '}',
    ].join('\n');

    assert.deepEqual(measureFunctions(text), [
      { name: 'createStore', lines: 16, isFactory: true },
      { name: 'find', lines: 4, isFactory: false },
      { name: 'save', lines: 5, isFactory: false },
    ]);
  });

  it('ignores calls, conditions and expressions without a block', () => {
    const text = [
      'describe(name, () => {',
      '  run();',
      '});',
      'const double = (value: number) =>',
      '  value * 2;',
      'if (isReady) {',
      '}',
    ].join('\n');

    assert.deepEqual(measureFunctions(text), []);
  });
});
