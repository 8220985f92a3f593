import type { Fields, MessageOf, Upcast } from "./protocol.ts";

/**
 * Everything that may have happened to one kind of entity, as data. What is stored is kept for ever, so a reader of today
 * understands every version that was ever written.
 */
export interface Events {
  readonly name: string;
  /** Raised by everything except an added kind or an added optional field. */
  readonly version: number;
  /** The fields of each event, by its kind in the past tense. */
  readonly events: Readonly<Record<string, Fields>>;
  /** For each earlier version the step to the version after it; `undefined` for an event that means nothing any more. */
  readonly upcast: Readonly<Record<number, Upcast>>;
}

type EventsParts = Pick<Events, "name" | "version" | "events"> & Partial<Events>;

/** The events that `defineEvents` makes from its parts: what was left out is empty. */
export type DefinedEvents<Parts extends EventsParts> = {
  readonly name: Parts["name"];
  readonly version: number;
  readonly events: Parts["events"];
  readonly upcast: Readonly<Record<number, Upcast>>;
};

export type EventKind<E extends Events> = keyof E["events"] & string;
/** What happened, by kind. */
export type EventOf<E extends Events, K extends EventKind<E>> = MessageOf<K, E["events"][K]>;
/** Anything that may have happened. */
export type AnyEvent<E extends Events> = { [K in EventKind<E>]: EventOf<E, K> }[EventKind<E>];

/**
 * Declares what may happen to one kind of entity. The types of its events are inferred from the schemas.
 * @throws RangeError when the version is no positive integer, or an upcast step is missing
 */
export function defineEvents<const Parts extends EventsParts>(parts: Parts): DefinedEvents<Parts> {
  const events: Events = { upcast: {}, ...parts };
  if (!Number.isInteger(events.version) || events.version < 1) {
    throw new RangeError(`events ${events.name}: version must be a positive integer, not ${events.version}`);
  }
  for (let version = 1; version < events.version; version++) {
    if (events.upcast[version] === undefined) {
      throw new RangeError(`events ${events.name}: no upcast from version ${version}`);
    }
  }
  return events;
}
