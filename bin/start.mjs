// npm start: the server process.
import { launch } from './launch.mjs';

await launch('main.ts');
