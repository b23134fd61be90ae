/** A bot's process as its users run it: without the probe, and killed and started again. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { recordTail } from '../../src/temporal/server/processes.ts';

/** How a bot is started. */
export interface BotCommand {
  /** Arguments of `node`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Its output contains this text once it accepts webhooks. */
  readonly readyText: string;
}

/** A running bot. */
export interface BotProcess {
  readonly pid: number;
  /** Sends SIGKILL, and starts the bot again; resolves when it is ready. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 15_000;

/** Starts the bot; resolves when it is ready. */
export async function startBot(command: BotCommand): Promise<BotProcess> {
  let child = launch(command);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await closed;
    clearTimeout(force);
  };
  const bot: BotProcess = {
    get pid() {
      return child.pid!;
    },
    async kill() {
      await end('SIGKILL');
      child = launch(command);
      await untilReady(child, command);
    },
    stop: () => end('SIGTERM'),
  };
  try {
    await untilReady(child, command);
    return bot;
  } catch (error) {
    await bot.stop();
    throw error;
  }
}

function launch({ args, env, cwd }: BotCommand): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH, HOME, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithParent = () => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  child.once('close', () => process.off('exit', killWithParent));
  return child;
}

async function untilReady(child: ChildProcess, { args, readyText }: BotCommand): Promise<void> {
  const lastLines = recordTail(child.stdout!, child.stderr!);
  const problem = (what: string) => new Error(`${args.join(' ')} ${what}. Its last lines:\n${lastLines()}`);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(problem(`was not ready within ${READY_WITHIN_MS / 1000} s`)),
      READY_WITHIN_MS,
    );
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(problem(`ended with exit code ${String(code)}`));
    });
    let line = '';
    child.stdout!.on('data', (chunk: string) => {
      line = (line + chunk).slice(-10_000);
      if (!line.includes(readyText)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
