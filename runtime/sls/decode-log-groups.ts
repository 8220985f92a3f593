import { isUtf8 } from "node:buffer";
import { GROUP, LOG } from "./log-group-fields.ts";
import { toNextGroup } from "./log-group-list.ts";
import type { Log, LogField, LogGroup } from "./log-group.ts";
import { readPair } from "./pair.ts";
import { DamagedBytes, WireReader } from "./wire-reader.ts";

/** Reads all of a list of groups: for people and for tools; counting scans instead. Pure. @throws DamagedBytes */
export function decodeLogGroups(bytes: Uint8Array): LogGroup[] {
  const reader = new WireReader(bytes);
  const groups: LogGroup[] = [];
  while (toNextGroup(reader)) groups.push(within(reader, readGroup));
  return groups;
}

function readGroup(reader: WireReader): LogGroup {
  const logs: Log[] = [];
  const tags: LogField[] = [];
  const own: { topic?: string; source?: string } = {};
  while (reader.at < reader.end) {
    const tag = reader.varint();
    if (tag === GROUP.log) logs.push(within(reader, readLog));
    else if (tag === GROUP.topic) own.topic = readText(reader);
    else if (tag === GROUP.source) own.source = readText(reader);
    else if (tag === GROUP.tag) tags.push(readField(reader));
    else reader.skip(tag);
  }
  return { ...own, tags, logs };
}

function readLog(reader: WireReader): Log {
  const fields: LogField[] = [];
  const own: { seconds?: number; nanoseconds?: number } = {};
  while (reader.at < reader.end) {
    const tag = reader.varint();
    if (tag === LOG.content) fields.push(readField(reader));
    else if (tag === LOG.time) own.seconds = reader.varint();
    else if (tag === LOG.nanoseconds) own.nanoseconds = reader.fixed32();
    else reader.skip(tag);
  }
  if (own.seconds === undefined) throw new DamagedBytes("a log has no time");
  return { ...own, seconds: own.seconds, fields };
}

function readField(reader: WireReader): LogField {
  const { keyStart, keyEnd, valueStart, valueEnd } = readPair(reader);
  const key = Buffer.from(reader.bytes.subarray(keyStart, keyEnd)).toString();
  const value = reader.bytes.subarray(valueStart, valueEnd);
  return [key, isUtf8(value) ? Buffer.from(value).toString() : value];
}

function readText(reader: WireReader): string {
  const end = reader.enter();
  const text = Buffer.from(reader.bytes.subarray(reader.at, end)).toString();
  reader.at = end;
  return text;
}

/** Reads a part that has its length in front. */
function within<T>(reader: WireReader, read: (reader: WireReader) => T): T {
  const outerEnd = reader.end;
  reader.end = reader.enter();
  const part = read(reader);
  reader.end = outerEnd;
  return part;
}
