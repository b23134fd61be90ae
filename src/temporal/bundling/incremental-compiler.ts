import type { Compiler, WebpackPlugin } from './bundle-diagnostics.ts';

/** Compiles a bundle again after an edit. */
export interface IncrementalCompiler {
  readonly plugin: WebpackPlugin;
  /** True from the first bundle on, also when that one failed. */
  readonly isReady: () => boolean;
  /** Compiles again and resolves to the code; problems are in the diagnostics. */
  compile(): Promise<string>;
  close(): Promise<void>;
}

/**
 * The SDK's bundler creates a compiler, runs it once and closes it. This webpack plugin keeps that compiler open: after
 * an edit it compiles only the changes, in a fifth of the time.
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
          // The SDK reads the first bundle from an in-memory disk, which later ones would fill.
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
