import Type from "typebox";
import { bytes } from "./bytes.ts";
import { CountPlace, readingParts } from "./count-page.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

/** A place in a log. Opaque: two of them are the same or not. */
const Cursor = Type.String({ minLength: 1, maxLength: 1_024 });
const At = Type.Number();

/**
 * What a puller knows of its partition: records came with the last read; everything has been read; more is there than was read; nothing is heard of
 * it; nothing will come any more.
 */
export const PARTITION_STATES = ["flowing", "caughtUp", "lagging", "stalled", "gone"] as const;
export type PartitionState = (typeof PARTITION_STATES)[number];
const State = Type.Enum([...PARTITION_STATES]);

/** What was lost before a batch, because the log no longer had it. */
const Gap = Type.Object(
  {
    /** How many records or groups, where that can be known. */
    lost: Type.Optional(Type.Integer({ minimum: 0 })),
    text: Type.String({ maxLength: 512 }),
  },
  { additionalProperties: false },
);

/** What another consumer has read before a batch, with whom the log is shared. */
const HandedOver = Type.Object(
  {
    /** How many groups of records, where that can be known. */
    groups: Type.Optional(Type.Integer({ minimum: 0 })),
    text: Type.String({ maxLength: 512 }),
  },
  { additionalProperties: false },
);

const batch = {
  /** Absent for the first batch of a partition. */
  from: Type.Optional(Cursor),
  to: Cursor,
  /** What `Tally.encode` has made of the logs between the two. */
  tally: bytes(),
  gap: Type.Optional(Gap),
  handedOver: Type.Optional(HandedOver),
};

/** How far a partition has been counted. */
const standing = {
  state: State,
  /** Up to this time everything has been counted, but for what comes late; absent as long as nothing is known. */
  watermarkMs: Type.Optional(At),
  lagMs: Type.Optional(Type.Number()),
};

/** What may be said to the counts of one partition of a log: they own the cursor up to which it was counted. Its id is `<source>/<partition>`. */
export const CountPartialProtocol = defineProtocol({
  name: "countPartial",
  version: 1,
  tell: {
    /** How the partition stands: said every few seconds by whoever reads it, and stored by nobody. */
    standing: {
      state: State,
      /** For `caughtUp`: the time of the log's server at which there was nothing more to read. */
      atMs: Type.Optional(At),
      /** Up to where it was read; what is said of another place than that up to which it is counted means nothing. */
      cursor: Type.Optional(Cursor),
      /** How far the reader is behind, in milliseconds. */
      lagMs: Type.Optional(Type.Number()),
    },
  },
  self: {
    /** The book of partitions has taken in what it was told at this turn, or could not be asked. */
    listed: { turn: Type.Integer(), isListed: Type.Boolean(), refusal: Type.Optional(Type.String()) },
    /** So many parts of what is leaving are on their pages, or the next one could not be written. */
    archive: {
      parts: Type.Integer(),
      isWritten: Type.Boolean(),
      /** Which page of its chain the next one goes to; the first unless given. */
      link: Type.Optional(Type.Integer()),
    },
    /** Time to look whether counts are to move to pages. */
    archiveNow: {},
  },
  ask: {
    /** Up to where it is counted. */
    position: { request: {}, reply: { position: { cursor: Type.Optional(Cursor) } } },
    /** Counts a batch and moves the cursor, or does neither. */
    submit: {
      request: {
        ...batch,
        state: Type.Optional(State),
        /** How far the reader is behind after it, in milliseconds. */
        lagMs: Type.Optional(Type.Number()),
      },
      reply: {
        counted: { cursor: Cursor },
        /** It was counted before: go on from `cursor`. */
        duplicate: { cursor: Cursor },
        /** The cursor stands elsewhere: go on from `cursor`, or from the beginning where there is none. */
        gap: { cursor: Type.Optional(Cursor) },
        refused: { code: Type.Enum(["tallyTooLarge", "tallyInvalid"]), text: Type.String() },
      },
    },
    /** Counts one thing that a service has seen; only counts whose id begins with `services/` take it. */
    count: {
      request: {
        metric: Type.String({ maxLength: 32, description: "one of the metrics of the settings" }),
        dims: Type.Optional(
          Type.Record(Type.String(), Type.String({ maxLength: 256 }), {
            description: "its values by dimension; `-` where one is missing",
          }),
        ),
        value: Type.Optional(
          Type.Union([Type.Number(), Type.String({ maxLength: 256 })], {
            description: "for all metrics but a count: the number, or the text that is told apart",
          }),
        ),
        atMs: Type.Optional(Type.Number({ description: "when it happened; now unless given" })),
        eventId: Type.String({
          minLength: 1,
          maxLength: 128,
          description: "counted once, however often it comes",
        }),
      },
      reply: {
        taken: {},
        /** It was counted before. */
        repeated: {},
        /** Too much was told under this name just now: it is not counted, and may be told again. */
        busy: { retryAfterMs: Type.Integer(), text: Type.String() },
        refused: {
          code: Type.Enum([
            "unknownMetric",
            "unknownDimension",
            "valueMissing",
            "tooLate",
            "inFuture",
            "notForServices",
          ]),
          field: Type.Optional(Type.String()),
          text: Type.String(),
        },
      },
    },
    /** The counts of one metric between two times, as bytes that `Counts` reads. */
    read: {
      request: {
        metric: Type.String(),
        ...readingParts,
        /** Of what is on its way to pages only what goes to these; to all of the metric unless given. */
        pages: Type.Optional(Type.Array(Type.String())),
        /** How its own counts are to stand: as on those pages. */
        grain: Type.Optional(
          Type.Union([Type.Enum(["block", "quarter"]), Type.Object({ zone: Type.String() })]),
        ),
      },
      reply: {
        counts: {
          counts: bytes(),
          /** Where the next part begins; absent when nothing is left. */
          next: Type.Optional(CountPlace),
          /** What belongs to blocks before this one is on pages, but for what came late. */
          archivedBefore: Type.Integer(),
          /** How often counts have begun to move to pages. */
          rounds: Type.Integer(),
          /** What is on its way to pages: a page that has a part already knows its number. */
          leaving: Type.Array(Type.Object({ page: Type.String(), seq: Type.Integer(), counts: bytes() })),
          ...standing,
        },
      },
    },
    /** What became of everything that was read. */
    account: {
      request: {},
      reply: {
        account: {
          cursor: Type.Optional(Cursor),
          batches: Type.Integer(),
          read: Type.Integer(),
          counted: Type.Integer(),
          duplicate: Type.Integer(),
          quarantined: Type.Integer(),
          tooLate: Type.Integer(),
          unparsable: Type.Integer(),
          /** Never read, because the log no longer had it. */
          lost: Type.Integer(),
          /** Groups of records that another consumer has read; absent where there are none. */
          handedOver: Type.Optional(Type.Integer()),
          /** Whether its reader has spoken of it lately: also one that gets nothing speaks. Absent from nodes that do not say it. */
          isHeard: Type.Optional(Type.Boolean()),
          ...standing,
        },
      },
    },
  },
});
export type CountPartialProtocol = typeof CountPartialProtocol;

/** What may have happened to the counts of a partition. Each batch is one event, so cursor and counts cannot part. */
export const CountPartialEvents = defineEvents({
  name: "countPartial",
  version: 1,
  events: {
    counted: {
      ...batch,
      /** Up to where everything had been counted before it, by what its reader had said: what belongs before that came late. */
      passedMs: Type.Optional(At),
    },
    /** Nothing will come any more. */
    ended: {},
    /** It is read again, though nothing was counted since. */
    resumed: {},
    /** A service has said that something happened. */
    told: {
      tally: bytes(),
      /** With the time when it happened; both absent when it was not counted. */
      eventId: Type.Optional(Type.String()),
      atMs: Type.Optional(At),
      passedMs: Type.Optional(At),
    },
    /** A service has said it once more. */
    repeated: {},
    /** What was counted in blocks before this one leaves for its pages. */
    leaving: {
      before: Type.Integer(),
      /** How large the parts are into which it is divided for its pages, in bytes: once they are numbered they stay as they are. */
      partBytes: Type.Optional(Type.Integer()),
      /** The time zones whose days it is added to. */
      zones: Type.Optional(Type.Array(Type.String())),
    },
    /** It is there. */
    archived: {},
  },
});
export type CountPartialEvents = typeof CountPartialEvents;
