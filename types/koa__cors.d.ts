declare module '@koa/cors' {
  import type { Context, Next } from '#http/context.ts';

  interface Options {
    readonly origin: (ctx: Context) => string;
    readonly allowMethods: readonly string[];
    readonly allowHeaders: readonly string[];
    readonly exposeHeaders: readonly string[];
    readonly maxAge: number;
    readonly credentials: boolean;
  }

  export default function cors(options: Options): (ctx: Context, next: Next) => Promise<void>;
}
