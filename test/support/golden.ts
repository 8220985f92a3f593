import { readFileSync, writeFileSync } from "node:fs";
import { CLIENT_FRAMES, SERVER_FRAMES } from "../../protocols/client-frames.ts";
import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";
import { CLIENT_PROTOCOL_VERSION } from "../../protocols/client-protocol.ts";
import type { Fields, Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Events } from "../../protocols/events.ts";
import { ENTITY_EVENTS, PROTOCOLS } from "../../protocols/registry.ts";
import { frameCodec } from "../../runtime/codec/frame-codec.ts";
import { isLocalOnly, MessageCodec, travellingMessages } from "../../runtime/codec/message-codec.ts";
import { RecordCodec } from "../../runtime/codec/record-codec.ts";
import { sampleMessage } from "./sample.ts";

/** A message and the bytes that it must always have. */
export interface GoldenEntry {
  readonly message: TaggedMessage;
  readonly json: string;
  /** Hexadecimal. */
  readonly msgpack: string;
}

/**
 * Pinned bytes by name: `room 1 publish`, or `client 1 subscribe` for frames. A message that got another optional field
 * is pinned once more, as `room 1 publish #2`: the bytes from before must stay readable.
 */
export type GoldenTable = Readonly<Record<string, GoldenEntry>>;

/** One of the two ways to write and read a message. */
export interface GoldenCodec {
  encode(name: string, message: TaggedMessage): Buffer;
  /** The message, or the reason why the bytes are not understood. */
  decode(name: string, bytes: Buffer): unknown;
}

/** What is pinned in one file: the messages as they are now, and how they are written and read. */
export interface GoldenSet {
  readonly file: string;
  readonly present: GoldenTable;
  readonly codecs: Readonly<Record<"json" | "msgpack", GoldenCodec>>;
}

const FOLDER = new URL("../../../test/unit/protocols/golden/", import.meta.url);
const FRAMES = { client: CLIENT_FRAMES, server: SERVER_FRAMES } as const;

/** Every frame of the client protocol, in a sample. */
export function goldenFrames(): GoldenSet {
  const samples = Object.entries(FRAMES).flatMap(([side, table]) =>
    Object.entries(table).map(
      ([kind, fields]) =>
        [`${side} ${CLIENT_PROTOCOL_VERSION} ${kind}`, sampleMessage(kind, fields as Fields)] as const,
    ),
  );
  return goldenSet("frames.json", samples, { json: frameSide("json"), msgpack: frameSide("msgpack") });
}

/** Every message that can travel between nodes, in a sample. */
export function goldenMessages(): GoldenSet {
  const samples = PROTOCOLS.flatMap((protocol) =>
    Object.entries(travellingMessages(protocol))
      .filter(([, fields]) => !isLocalOnly(fields))
      .map(
        ([kind, fields]) =>
          [`${protocol.name} ${protocol.version} ${kind}`, sampleMessage(kind, fields)] as const,
      ),
  );
  return goldenSet("messages.json", samples, { json: messageSide("json"), msgpack: messageSide("msgpack") });
}

/** Every event that may be stored, in a record that holds it alone. Journals hold msgpack; the JSON beside it is for people. */
export function goldenEvents(): GoldenSet {
  const samples = ENTITY_EVENTS.flatMap(({ name, version, events }) =>
    Object.entries(events).map(
      ([kind, fields]) => [`${name} ${version} ${kind}`, sampleMessage(kind, fields)] as const,
    ),
  );
  return goldenSet("events.json", samples, { json: READABLE, msgpack: recordSide() });
}

/** Reads what has been pinned. */
export function readGolden({ file }: GoldenSet): GoldenTable {
  return JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as GoldenTable;
}

/** The present messages that are not pinned as they are now. */
export function unpinned(set: GoldenSet, pinned: GoldenTable): string[] {
  return Object.entries(set.present)
    .filter(
      ([name, entry]) => !pinsOf(pinned, name).some((pin) => JSON.stringify(pin) === JSON.stringify(entry)),
    )
    .map(([name]) => name);
}

/** Pins what is new; bytes that are pinned stay. Answers the names that were added. */
export function extendGolden(set: GoldenSet): string[] {
  const pinned: Record<string, GoldenEntry> = { ...readGolden(set) };
  const added = unpinned(set, pinned).map((name) => {
    const before = pinsOf(pinned, name).length;
    const key = before === 0 ? name : `${name} #${before + 1}`;
    pinned[key] = set.present[name]!;
    return key;
  });
  writeFileSync(new URL(set.file, FOLDER), `${JSON.stringify(pinned, undefined, 2)}\n`);
  return added;
}

function pinsOf(pinned: GoldenTable, name: string): GoldenEntry[] {
  return Object.entries(pinned)
    .filter(([key]) => key === name || key.startsWith(`${name} #`))
    .map(([, entry]) => entry);
}

function goldenSet(
  file: string,
  samples: readonly (readonly [string, TaggedMessage])[],
  codecs: GoldenSet["codecs"],
): GoldenSet {
  const rows = samples.map(([name, message]) => {
    const json = codecs.json.encode(name, message).toString();
    return [name, { message, json, msgpack: codecs.msgpack.encode(name, message).toString("hex") }] as const;
  });
  return { file, present: Object.fromEntries(rows), codecs };
}

function frameSide(format: "json" | "msgpack"): GoldenCodec {
  const codecs = { client: frameCodec(format, CLIENT_FRAMES), server: frameCodec(format, SERVER_FRAMES) };
  const codecOf = (name: string) => codecs[name.split(" ")[0] as keyof typeof codecs];
  return {
    encode: (name, message) => codecOf(name).encode(message as unknown as ClientFrame | ServerFrame),
    decode(name, bytes) {
      const decoded = codecOf(name).decode(bytes);
      return decoded.ok ? decoded.frame : decoded.refusal;
    },
  };
}

function messageSide(format: "json" | "msgpack"): GoldenCodec {
  const codec = new MessageCodec(format, PROTOCOLS);
  return {
    encode: (name, message) => codec.encode(protocolOf(name), message),
    decode(_name, bytes) {
      const decoded = codec.decode(bytes);
      return decoded.ok ? decoded.message : decoded.refusal;
    },
  };
}

const READABLE: GoldenCodec = {
  encode: (_name, event) => Buffer.from(JSON.stringify(event)),
  decode: (_name, bytes) => JSON.parse(bytes.toString()) as unknown,
};

function recordSide(): GoldenCodec {
  const codecOf = (name: string) => new RecordCodec(eventsOf(name));
  return {
    encode: (name, event) => Buffer.from(codecOf(name).encode({ events: [event] })),
    decode(name, bytes) {
      const decoded = codecOf(name).decode(bytes);
      return decoded.ok ? decoded.record.events[0] : decoded;
    },
  };
}

function eventsOf(name: string): Events {
  const found = ENTITY_EVENTS.find((events) => events.name === name.split(" ")[0]);
  if (found === undefined) throw new TypeError(`${name}: the registry has no such events`);
  return found;
}

function protocolOf(name: string): Protocol {
  const found = PROTOCOLS.find((protocol) => protocol.name === name.split(" ")[0]);
  if (found === undefined) throw new TypeError(`${name}: the registry has no such protocol`);
  return found;
}
