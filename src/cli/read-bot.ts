import type { BotFacts } from '../temporal/bundling/bundle-bot.ts';
import { bundleFolderIn, bundleInChild } from '../temporal/bundling/bundle-in-child.ts';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Reads the facts of a bot. Needs no Temporal. What a worker would warn of is left to the worker. */
export async function readBot(botFile: string): Promise<BotFacts> {
  return (await bundleInChild(botFile, SILENT, bundleFolderIn(process.env))).facts;
}
