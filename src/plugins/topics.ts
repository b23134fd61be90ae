/** What plugins and sequences tell each other, and how a bot gives it types. */

/**
 * The topics of a bot and the data of each. Empty, every name and any data will do; declare yours once, and everthread
 * checks names and data wherever a topic is emitted, heard, waited for, starts or stops something:
 *
 * ```ts
 * declare module 'everthread' {
 *   interface Topics {
 *     'order.placed': { total: number };
 *     'order.cancelled': undefined; // has no data
 *   }
 * }
 * ```
 * The topics of everthread and its plugins ({@link BundledTopics}) need no declaration; those of a form with a name of its
 * own do: `interface Topics extends FormTopics<'quote'> { … }`.
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- bots fill it
export interface Topics {}

/** What a form emits: the plugin `form`, or `lead-capture` under another name. */
export type FormTopics<Form extends string> = Record<`${Form}.started`, undefined> &
  Record<`${Form}.asked`, { readonly field: string }> &
  Record<`${Form}.completed`, Readonly<Record<string, string>>> &
  Record<`${Form}.cancelled`, { readonly reason: string; readonly field?: string }> &
  Record<`${Form}.not-saved`, { readonly leadId: string }>;

/** What everthread and the bundled plugins emit under their usual names. */
export interface BundledTopics extends FormTopics<'lead-capture'> {
  /** A person of the business answers from now on. */
  handoff: undefined;
  /** The person wrote "stop". */
  'opt-out': undefined;
  /** The person wrote "start". */
  'opt-in': undefined;
  /** No plugin handled a message. */
  'not-understood': undefined;
  /** A person was asked for, and nobody came in time. */
  'handoff.unanswered': undefined;
  'assistant.answered': undefined;
  'assistant.unanswered': undefined;
}

type Known = keyof Topics extends never ? Record<string, unknown> : Topics & BundledTopics;

/** Any text, until a bot declares its {@link Topics}. */
export type TopicName = Extract<keyof Known, string>;

/** What a sequence may stop on: a topic, or a reply of the person. */
export type StopName = Extract<keyof (Known & { readonly reply: never }), string>;

/** What comes with a topic: `unknown` until a bot declares its {@link Topics}. */
export type TopicData<Name extends TopicName> = Known[Name];

/** What `emit` takes after the name: nothing, something, or what it likes. */
export type TopicArguments<Name extends TopicName> =
  unknown extends TopicData<Name>
    ? [data?: unknown]
    : undefined extends TopicData<Name>
      ? [data?: TopicData<Name>]
      : [data: TopicData<Name>];

/** One topic that was emitted: look at `name`, and `data` has the type that goes with it. */
export type KnownTopic<Names extends TopicName = TopicName> = {
  [Name in Names]: unknown extends TopicData<Name>
    ? { readonly name: Name; readonly data?: unknown }
    : undefined extends TopicData<Name>
      ? { readonly name: Name; readonly data?: TopicData<Name> }
      : { readonly name: Name; readonly data: TopicData<Name> };
}[Names];
