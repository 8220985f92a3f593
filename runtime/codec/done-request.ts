import type { TaggedMessage } from "../../protocols/protocol.ts";

/** By what a request is known again when it comes another time. */
export interface RequestName {
  /** Given by whoever sends it. */
  readonly name: string;
  /** Of all that is asked: the same name for something else is a mistake. */
  readonly digest: string;
}

/** What a name may look like that somebody gives a request: an entity keeps 1,000 of them. */
export const REQUEST_KEY = /^[\x21-\x7e]{1,128}$/;
/** The same in words. */
export const REQUEST_KEY_TEXT = "must be one text of 1 to 128 visible ASCII characters";

/** A request that was carried out: what an entity remembers, so that it has one effect and one answer. */
export interface DoneRequest extends RequestName {
  /** In milliseconds since 1970. */
  readonly atMs: number;
  /** What was answered, if that was kept. */
  readonly reply?: TaggedMessage;
}

/** A request that was carried out, as it is written. */
export type PackedRequest = readonly [name: string, digest: string, atMs: number, reply?: TaggedMessage];

/** As a short list. Pure. */
export function packRequest({ name, digest, atMs, reply }: DoneRequest): PackedRequest {
  return reply === undefined ? [name, digest, atMs] : [name, digest, atMs, reply];
}

/** @throws TypeError for what `packRequest` never writes */
export function unpackRequest(packed: PackedRequest): DoneRequest {
  const [name, digest, atMs, reply] = packed;
  if (typeof name !== "string" || typeof digest !== "string" || typeof atMs !== "number") {
    throw new TypeError("a request that was carried out has a name, a digest and a time");
  }
  return { name, digest, atMs, ...(reply === undefined ? {} : { reply }) };
}
