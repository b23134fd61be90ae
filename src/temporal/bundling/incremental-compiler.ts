import type { Compiler, WebpackPlugin } from './bundle-diagnostics.ts';

export interface IncrementalCompiler {
  readonly plugin: WebpackPlugin;
  /** Whether there is one: from the first bundle on, also when that one failed. */
  readonly isReady: () => boolean;
  /** Compiles again and gives the code; what went wrong stands in the errors. */
  compile(): Promise<string>;
  close(): Promise<void>;
}

/**
 * The SDK's bundler makes a compiler, runs it once and closes it. This plugin keeps that compiler open: after an edit
 * only what changed is compiled again, in a fifth of the time.
 */
export function createIncrementalCompiler(): IncrementalCompiler {
  let compiler: Compiler | undefined;
  let close: Compiler['close'] | undefined;
  let isFirst = true;
  let code = '';

  return {
    plugin: {
      apply(made) {
        compiler = made;
        close = made.close.bind(made);
        made.close = (done) => done(null);
        made.hooks.shouldEmit.tap('everthread', ({ assets }) => {
          code = Object.values(assets)[0]?.source().toString() ?? '';
          // The SDK reads the first one from a disk in memory, which the others would fill.
          return isFirst ? undefined : false;
        });
        made.hooks.done.tap('everthread', () => void (isFirst = false));
      },
    },
    isReady: () => compiler !== undefined,
    compile: () =>
      new Promise((resolve, reject) => {
        if (!compiler) return reject(new Error('Nothing was bundled before.'));
        compiler.run((error) => (error ? reject(error) : resolve(code)));
      }),
    close: () => new Promise((resolve) => (close ? close(() => resolve()) : resolve())),
  };
}
