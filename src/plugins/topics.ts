/** Topics that plugins and sequences emit, and their types. */

/**
 * The topics of a bot and the data of each. While it is empty, any name and any data are allowed. Declare your topics once,
 * and the compiler checks names and data in `emit`, `onTopic`, `startOn`, `stopOn` and `waitFor`:
 *
 * ```ts
 * declare module 'everthread' {
 *   interface Topics {
 *     'order.placed': { total: number };
 *     'order.cancelled': undefined; // has no data
 *   }
 * }
 * ```
 * The topics of everthread and its plugins ({@link BundledTopics}) are declared already. A form with a name of its own needs
 * `interface Topics extends FormTopics<'quote'> { … }`.
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- bots extend it
export interface Topics {}

/** The topics of a form: of the plugin `form`, or of `lead-capture` under another name. */
export type FormTopics<Form extends string> = Record<`${Form}.started`, undefined> &
  Record<`${Form}.asked`, { readonly field: string }> &
  Record<`${Form}.completed`, Readonly<Record<string, string>>> &
  Record<`${Form}.cancelled`, { readonly reason: string; readonly field?: string }> &
  Record<`${Form}.not-saved`, { readonly leadId: string }>;

/** The topics of everthread, and those of the bundled plugins under their usual names. */
export interface BundledTopics extends FormTopics<'lead-capture'> {
  /** An operator answers from now on. */
  handoff: undefined;
  /** An operator wrote to the person, for the first time since the conversation went to operators. */
  'operator-answered': undefined;
  /** The person wrote "stop". */
  'opt-out': undefined;
  /** The person wrote "start". */
  'opt-in': undefined;
  /** No plugin handled a message. */
  'not-understood': undefined;
  /** The person asked for an operator, and none answered in time. */
  'handoff.unanswered': undefined;
  /** The language model answered. */
  'assistant.answered': undefined;
  /** The language model had no answer, or failed. */
  'assistant.unanswered': undefined;
}

type DeclaredTopics = keyof Topics extends never ? Record<string, unknown> : Topics & BundledTopics;

/** The name of a topic: any text until a bot declares its {@link Topics}. */
export type TopicName = Extract<keyof DeclaredTopics, string>;

/** What a sequence may stop on: a topic, or a reply of the person. */
export type StopName = Extract<keyof (DeclaredTopics & { readonly reply: never }), string>;

/** The data of a topic: `unknown` until a bot declares its {@link Topics}. */
export type TopicData<Name extends TopicName> = DeclaredTopics[Name];

/** What `emit` takes after the name: the topic's data, if it has any. */
export type TopicArguments<Name extends TopicName> =
  unknown extends TopicData<Name>
    ? [data?: unknown]
    : undefined extends TopicData<Name>
      ? [data?: TopicData<Name>]
      : [data: TopicData<Name>];

/** A topic that was emitted. Narrow it by `name`: `data` then has the type of that topic. */
export type KnownTopic<Names extends TopicName = TopicName> = {
  [Name in Names]: unknown extends TopicData<Name>
    ? { readonly name: Name; readonly data?: unknown }
    : undefined extends TopicData<Name>
      ? { readonly name: Name; readonly data?: TopicData<Name> }
      : { readonly name: Name; readonly data: TopicData<Name> };
}[Names];
