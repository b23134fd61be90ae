import type { MessageEvent } from './inbound-event.ts';

/** A command of the Page's profile, and what the person wrote behind it. */
export interface Command {
  /** Without its slash. */
  readonly name: string;
  /** `12` of `/order 12`; the whole text when the name is not a word of it. */
  readonly rest: string;
}

/**
 * The command that Meta recognised in a message, if there is one. Meta gives its name alone, and recognises it without a
 * slash and amid other words too; the arguments are read from the text. Field `messages`.
 */
export function commandOf({ commands: [name], text = '' }: MessageEvent): Command | undefined {
  if (name === undefined) return undefined;
  const words = [...text.matchAll(/[^\s.,;:!?]+/g)];
  const behind = (wanted: string) => words.find(([word]) => word.toLowerCase() === wanted.toLowerCase());
  const found = behind(`/${name}`) ?? behind(name);
  const rest = text.slice(found ? found.index + found[0].length : 0);
  return { name, rest: rest.replace(/^[\s,:;]+/, '').trim() };
}
