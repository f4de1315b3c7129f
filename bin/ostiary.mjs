#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// npx ostiary: the command line.
import { launch } from './launch.mjs';

await launch('cli.ts');
