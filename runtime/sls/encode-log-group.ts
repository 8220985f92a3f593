import { GROUP, LIST, LOG, PAIR } from "./log-group-fields.ts";
import type { Log, LogField, LogGroup } from "./log-group.ts";
import { byteLength, varintSize, WireWriter } from "./wire-writer.ts";

/** Writes a group down as a put sends it. Pure. */
export function encodeLogGroup(group: LogGroup): Uint8Array {
  const { logs, topic, source, tags = [] } = group;
  const writer = new WireWriter(groupSize(group));
  for (const log of logs) writeLog(writer, log);
  if (topic !== undefined) writer.value(GROUP.topic, topic);
  if (source !== undefined) writer.value(GROUP.source, source);
  for (const tag of tags) writePair(writer, GROUP.tag, tag);
  return writer.bytes;
}

/** What stands in a list in front of a group of this many bytes. Pure. */
export function groupHead(bytes: number): Uint8Array {
  const head = new WireWriter(1 + varintSize(bytes));
  head.varint(LIST.group);
  head.varint(bytes);
  return head.bytes;
}

function groupSize({ logs, topic, source, tags = [] }: LogGroup): number {
  const own = [topic, source].filter((text) => text !== undefined);
  return (
    sum(logs, (log) => partSize(logSize(log))) +
    sum(own, (text) => partSize(byteLength(text))) +
    sum(tags, (tag) => partSize(pairSize(tag)))
  );
}

function logSize({ seconds, nanoseconds, fields }: Log): number {
  const times = 1 + varintSize(seconds) + (nanoseconds === undefined ? 0 : 5);
  return times + sum(fields, (field) => partSize(pairSize(field)));
}

function pairSize([key, value]: LogField): number {
  return partSize(byteLength(key)) + partSize(byteLength(value));
}

/** Tag, length and content. */
function partSize(size: number): number {
  return 1 + varintSize(size) + size;
}

function writeLog(writer: WireWriter, log: Log): void {
  writer.varint(GROUP.log);
  writer.varint(logSize(log));
  writer.varint(LOG.time);
  writer.varint(log.seconds);
  for (const field of log.fields) writePair(writer, LOG.content, field);
  if (log.nanoseconds === undefined) return;
  writer.varint(LOG.nanoseconds);
  writer.fixed32(log.nanoseconds);
}

function writePair(writer: WireWriter, tag: number, field: LogField): void {
  writer.varint(tag);
  writer.varint(pairSize(field));
  writer.value(PAIR.key, field[0]);
  writer.value(PAIR.value, field[1]);
}

function sum<T>(items: readonly T[], sizeOf: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += sizeOf(item);
  return total;
}
