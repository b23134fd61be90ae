/** Reads and checks environment variables one by one; `settings.ts` says which there are. */

import { readFileSync } from 'node:fs';
import { type Need, PARTS, SETTINGS, type ValuesOf, type Variable, VARIABLE_NAMES, VARIABLES } from './settings.ts';

/** One thing that is wrong with the settings. */
export interface ConfigProblem {
  readonly variable: string;
  /** What is wrong, with which value, and what to do. */
  readonly message: string;
}

/** The texts that are set, by the name of their variable. */
export type Texts = ReadonlyMap<string, string>;

/** A problem with one variable, and its cure. */
export function problemWith({ name, cure }: Variable, sentence: string, ownCure = cure): ConfigProblem {
  return { variable: name, message: `${name} ${sentence}. ${ownCure}` };
}

/** Reads each variable, or the file that `NAME_FILE` names; an empty text counts as missing. */
export function readTexts(
  env: NodeJS.ProcessEnv,
  variables: readonly Variable[] = VARIABLES,
): { readonly texts: Texts; readonly problems: ConfigProblem[] } {
  const texts = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  for (const variable of variables) {
    const { name } = variable;
    const direct = env[name]?.trim() ? env[name] : undefined;
    const path = env[`${name}_FILE`];
    const content = path && !direct ? readSecretFile(path) : undefined;
    const text = direct ?? content;
    if (text) texts.set(name, text);
    if (path && direct) problems.push(problemWith(variable, `and ${name}_FILE are both set`, 'Keep one of the two.'));
    if (path && !text) problems.push(unreadableFile(variable, path, content));
  }
  return { texts, problems };
}

/** The text of a file without its last line break, which editors add; `undefined` when the file cannot be read. */
export function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

function unreadableFile(variable: Variable, path: string, content: string | undefined): ConfigProblem {
  if (content === '') return problemWith(variable, `should be in ${path}, which is empty`);
  return problemWith(
    variable,
    `cannot be read from ${path}`,
    `Check the path in ${variable.name}_FILE, and that this user may read the file.`,
  );
}

/** The parsed value of one variable, or its default; `undefined` when it has neither or is invalid. */
export function parseText<T extends Variable>({ name, schema }: T, texts: Texts): ValuesOf<{ _: T }>['_'] | undefined {
  return schema.safeParse(texts.get(name)).data as ValuesOf<{ _: T }>['_'] | undefined;
}

/** The parsed values of a table whose variables are known to be valid. */
export function parseTable<Table extends Record<string, Variable>>(table: Table, texts: Texts): ValuesOf<Table> {
  const values = Object.entries(table).map(([key, { name, schema }]) => [key, schema.parse(texts.get(name))] as const);
  return Object.fromEntries(values) as ValuesOf<Table>;
}

/** The first complaint about each invalid value. */
export function invalidValues(texts: Texts): ConfigProblem[] {
  return VARIABLES.flatMap((variable) => {
    const text = texts.get(variable.name);
    const issue = variable.schema.safeParse(text).error?.issues[0];
    return issue ? [problemWith(variable, `${quote(variable, text ?? '')} ${issue.message}`)] : [];
  });
}

/** A long text in the wrong variable may be a secret that was pasted there, so that only its length is printed. */
function quote({ isSecret, printablePart }: Variable, text: string): string {
  if (isSecret) return 'has a value (not shown)';
  const part = printablePart?.(text);
  if (part !== undefined) return `is "${part}",`;
  return text.length > 24 ? `is a text of ${text.length} characters,` : `is "${text}",`;
}

const { pageAccessToken, pageId } = SETTINGS;
const { pages, deploymentName, buildId } = PARTS;
const { operatorProxyHeader, operatorProxySecret } = PARTS;

/** Required variables that are not set and have no problem yet. */
export function missingValues(
  needs: readonly Need[],
  texts: Texts,
  reported: readonly ConfigProblem[],
): ConfigProblem[] {
  return needs
    .flatMap((need) => requiredVariables(need, texts))
    .filter((variable) => isMissing(variable, texts, reported))
    .map((variable) => problemWith(variable, 'is missing'));
}

function requiredVariables(need: Need, texts: Texts): readonly Variable[] {
  if (need !== 'send') return VARIABLES.filter(({ requiredFor }) => requiredFor?.includes(need));
  // The list replaces the two variables together, but not one of them.
  const onePage: readonly Variable[] = [pageAccessToken, pageId];
  return texts.has(pages.name) && !onePage.some(({ name }) => texts.has(name)) ? [] : onePage;
}

/** Variables that mean nothing without each other. */
export function halfPairs(texts: Texts, reported: readonly ConfigProblem[]): ConfigProblem[] {
  const pairs: { pair: readonly [Variable, Variable]; namesOther?: boolean }[] = [
    // The cures of these two name the other one.
    { pair: [deploymentName, buildId] },
    { pair: [operatorProxyHeader, operatorProxySecret], namesOther: true },
  ];
  return pairs.flatMap(({ pair, namesOther }) => {
    const [missing, ...others] = pair.filter((variable) => isMissing(variable, texts, reported));
    if (!missing || others.length > 0) return [];
    const other = pair.find((variable) => variable !== missing)?.name ?? '';
    return [problemWith(missing, namesOther ? `is missing beside ${other}` : 'is missing')];
  });
}

function isMissing({ name }: Variable, texts: Texts, reported: readonly ConfigProblem[]): boolean {
  return !texts.has(name) && !reported.some(({ variable }) => variable === name);
}

/** Warnings about names that look like ours and are not: nothing reads them. */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = new Set(VARIABLE_NAMES.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => /^(MESSENGER|LEADS_WEBHOOK|OPERATOR|OUTGOING|HANDOFF|RETENTION)_/.test(name) && !known.has(name))
    .map((name) => `${name} is no variable of everthread and changes nothing. Check its spelling, see .env.example.`);
}

/** Warnings about secrets that are short enough to be guessed. */
export function weakSecrets(texts: Texts): string[] {
  return VARIABLES.flatMap(({ name, cure, minSafeChars = 0 }) => {
    const { length } = texts.get(name) ?? '';
    if (length === 0 || length >= minSafeChars) return [];
    return [`${name} has ${length} characters, which can be guessed. ${cure}`];
  });
}
