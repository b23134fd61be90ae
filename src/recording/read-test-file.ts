import {
  parse,
  type CallExpression,
  type Expression,
  type ExpressionStatement,
  type Node,
  type Program,
  type SpreadElement,
} from 'acorn';
import { full } from 'acorn-walk';
import { z } from 'zod';
import type { HeardMessage } from '../domain/heard-message.ts';
import { STEP_SCHEMAS, type RecordedPerson, type StepCall, type StepName } from './recording.ts';

/** A step of a test file. */
export type ReadStep = StepCall & {
  readonly line: number;
  /** What the test expects the bot to say after it; missing: the test does not say. */
  readonly heard?: readonly HeardMessage[];
};

/** What a test file does with one conversation. */
export interface ReadTestFile {
  readonly person: RecordedPerson;
  readonly startsAt?: string;
  readonly steps: readonly ReadStep[];
  /** Lines that were not read because they change nothing of the conversation, such as other expectations. */
  readonly ignored: readonly number[];
}

/** A line of a test file that cannot be read. */
export class TestFileError extends Error {
  override readonly name = 'TestFileError';

  constructor(line: number, problem: string) {
    super(`Line ${line} cannot be read: ${problem}`);
  }
}

/** Reads the steps of a test: calls with literal arguments. Nothing is evaluated. @throws `TestFileError` */
export function readTestFile(source: string): ReadTestFile {
  const { talk, options, body } = findConversation(parseFile(source));
  const steps: ReadStep[] = [];
  const ignored: number[] = [];
  for (const statement of body) {
    const line = lineOf(statement);
    const call =
      statement.type === 'ExpressionStatement' ? callIn((statement as ExpressionStatement).expression) : undefined;
    const step = call && methodOf(call, talk);
    const heard = call && expectedOf(call, talk);
    if (call && step !== undefined) {
      if (step !== 'end' && step !== 'settles') steps.push({ line, ...readStep(step, call, line) });
    } else if (heard) {
      const last = steps.pop();
      if (last) steps.push({ ...last, heard: [...(last.heard ?? []), ...readHeard(heard)] });
    } else if (call && isExpectation(call)) {
      ignored.push(line);
    } else if (!isIntroduction(statement, talk)) {
      throw new TestFileError(line, `only calls such as ${talk}.says('hello') and expectations can be replayed.`);
    }
  }
  return { ...options, steps, ignored };
}

function parseFile(source: string): Program {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { loc } = error as SyntaxError & { readonly loc?: { readonly line: number } };
    const words = error.message.replace(/ \(\d+:\d+\)$/, '');
    throw new TestFileError(loc?.line ?? 1, `it is not plain JavaScript (${words}).`);
  }
}

interface FoundConversation {
  /** The name of its variable. */
  readonly talk: string;
  readonly options: Pick<ReadTestFile, 'person' | 'startsAt'>;
  /** The statements around it. */
  readonly body: readonly Node[];
}

/** The one conversation that the file begins. */
function findConversation(program: Program): FoundConversation {
  const found: FoundConversation[] = [];
  full(program, (node) => {
    const { body } = node as Partial<Record<'body', unknown>>;
    if (node.type !== 'BlockStatement' && node.type !== 'Program') return;
    const statements = body as readonly Node[];
    for (const statement of statements) {
      const { name, call } = simulateIn(statement) ?? {};
      if (name === undefined || !call) continue;
      if (found.length > 0) {
        throw new TestFileError(lineOf(statement), 'a second conversation begins here; keep one in the file.');
      }
      found.push({ talk: name, options: readOptions(call), body: statements });
    }
  });
  const [conversation] = found;
  if (conversation) return conversation;
  throw new TestFileError(1, 'nothing in the file begins a conversation with `await simulate(…)`.');
}

/** `const talk = await simulate(…)`, also with `await using`. */
function simulateIn(statement: Node): { readonly name: string; readonly call: CallExpression } | undefined {
  if (statement.type !== 'VariableDeclaration') return undefined;
  const { declarations } = statement as Node & {
    readonly declarations: readonly { readonly id: Node; readonly init?: Expression | null }[];
  };
  const [{ id, init } = {}] = declarations;
  const call = init && callIn(init);
  if (!id || id.type !== 'Identifier' || !call || !isNamed(call.callee, 'simulate')) return undefined;
  return { name: (id as Node & { readonly name: string }).name, call };
}

const OPTIONS = z.strictObject({
  startsAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .optional(),
  person: z
    .strictObject({
      firstName: z.string().optional(),
      lastName: z.string().optional(),
      locale: z.string().optional(),
      timezone: z.number().optional(),
    })
    .optional(),
});

function readOptions({ arguments: [, options] }: CallExpression): FoundConversation['options'] {
  if (!options) return { person: {} };
  const { data } = OPTIONS.safeParse(valueOf(options));
  if (!data)
    throw new TestFileError(lineOf(options), 'it has options of `simulate` other than `startsAt` and `person`.');
  const { startsAt, person = {} } = data;
  return { person: person as RecordedPerson, ...(startsAt !== undefined && { startsAt }) };
}

function readStep(name: string, call: CallExpression, line: number): StepCall {
  if (!isStep(name)) {
    throw new TestFileError(line, `"${name}" is no step that can be replayed. There are: ${STEP_NAMES.join(', ')}.`);
  }
  const values = call.arguments.map(valueOf);
  const { data, error } = STEP_SCHEMAS[name].safeParse(values);
  if (data) return { does: name, with: data } as unknown as StepCall;
  throw new TestFileError(line, `"${name}" is not called like that (${error?.issues[0]?.message ?? ''}).`);
}

const STEP_NAMES = Object.keys(STEP_SCHEMAS) as readonly StepName[];

function isStep(name: string): name is StepName {
  return Object.hasOwn(STEP_SCHEMAS, name);
}

/** The call of an expression, awaited or not. */
function callIn(expression: Expression): CallExpression | undefined {
  if (expression.type === 'AwaitExpression') return callIn(expression.argument);
  return expression.type === 'CallExpression' ? expression : undefined;
}

/** The name of the method that is called of the conversation. */
function methodOf({ callee }: CallExpression, talk: string): string | undefined {
  if (callee.type !== 'MemberExpression' || callee.computed || !isNamed(callee.object, talk)) return undefined;
  return callee.property.type === 'Identifier' ? callee.property.name : undefined;
}

/** The list in `expect(talk.heard()).toEqual([…])`. */
function expectedOf({ callee, arguments: [list] }: CallExpression, talk: string) {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'CallExpression') return undefined;
  const { callee: expect, arguments: values } = callee.object;
  const [heard] = values;
  const isHeard = heard?.type === 'CallExpression' && methodOf(heard, talk) === 'heard';
  if (!isNamed(expect, 'expect') || !isHeard || !isNamed(callee.property, 'toEqual')) return undefined;
  return list?.type === 'ArrayExpression' ? list : undefined;
}

function readHeard({
  elements,
}: {
  readonly elements: readonly (Expression | SpreadElement | null)[];
}): HeardMessage[] {
  return elements.map((element) => {
    if (element?.type === 'CallExpression' && isExpectation(element)) return null;
    const value = element && valueOf(element);
    if (typeof value === 'string') return value;
    throw new TestFileError(element ? lineOf(element) : 1, 'the bot says texts.');
  });
}

/** A call that begins with `expect`. */
function isExpectation({ callee }: CallExpression): boolean {
  if (isNamed(callee, 'expect')) return true;
  if (callee.type !== 'MemberExpression') return false;
  const { object } = callee;
  if (object.type === 'CallExpression') return isExpectation(object);
  if (object.type === 'MemberExpression') return isExpectation({ callee: object } as CallExpression);
  return isNamed(object, 'expect');
}

/** What may stand beside the steps: the conversation itself, imports, and the address of the bot. */
function isIntroduction(statement: Node, talk: string): boolean {
  if (statement.type === 'ImportDeclaration' || statement.type === 'EmptyStatement') return true;
  return simulateIn(statement)?.name === talk || isBotAddress(statement);
}

function isBotAddress(statement: Node): boolean {
  if (statement.type !== 'VariableDeclaration') return false;
  const { declarations } = statement as Node & { readonly declarations: readonly { readonly init?: Node | null }[] };
  return declarations.every(({ init }) => init?.type === 'Literal' || init?.type === 'NewExpression');
}

function isNamed(node: Node, name: string): boolean {
  return node.type === 'Identifier' && (node as Node & { readonly name: string }).name === name;
}

/** The value of a literal. */
function valueOf(node: Expression | SpreadElement): unknown {
  switch (node.type) {
    case 'Literal':
      if (typeof node.value === 'string' || typeof node.value === 'number' || typeof node.value === 'boolean')
        return node.value;
      break;
    case 'TemplateLiteral':
      if (node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? '';
      break;
    case 'UnaryExpression': {
      const value = node.operator === '-' ? valueOf(node.argument) : undefined;
      if (typeof value === 'number') return -value;
      break;
    }
    case 'Identifier':
      if (node.name === 'undefined') return undefined;
      break;
    case 'ObjectExpression':
      return Object.fromEntries(
        node.properties.map((property) => {
          const key =
            property.type === 'Property' && !property.computed
              ? property.key.type === 'Identifier'
                ? property.key.name
                : valueOf(property.key)
              : undefined;
          if (property.type === 'Property' && typeof key === 'string') return [key, valueOf(property.value)];
          throw new TestFileError(lineOf(property), 'it has more than literal values.');
        }),
      );
    default:
  }
  throw new TestFileError(lineOf(node), 'it has more than literal values; nothing is evaluated.');
}

function lineOf({ loc }: Node): number {
  return loc?.start.line ?? 1;
}
