#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=8
// npx ostiary: the command line.
import { launch } from './launch.mjs';

await launch('cli.ts');
