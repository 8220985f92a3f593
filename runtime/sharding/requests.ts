import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { DoneRequest } from "../codec/done-request.ts";

/** Requests that an entity would know again; the oldest is forgotten, and could then be carried out twice. */
const REQUESTS_MAX = 1_000;
/** How long it knows one again, in milliseconds. */
export const REQUEST_KEPT_MS = 86_400_000;
/** What all answers of an entity may weigh that are kept, in bytes of JSON; beyond that the oldest are dropped, and nothing but that they were given is known. */
const REPLIES_BYTES_MAX = 262_144;
/** The largest answer that is kept, in bytes of JSON. */
export const REPLY_BYTES_MAX = 16_384;

interface Known {
  request: DoneRequest;
  bytes: number;
}

/** What an entity has carried out, by the names of the requests. It is a part of its state: the same records give the same requests. */
export class Requests {
  readonly #known = new Map<string, Known>();
  #bytes = 0;

  constructor(entries: readonly DoneRequest[] = []) {
    for (const request of entries) this.add(request);
  }

  get size(): number {
    return this.#known.size;
  }

  /** The request of this name, if it was carried out not too long ago. */
  find(name: string, wallMs: number): DoneRequest | undefined {
    const request = this.#known.get(name)?.request;
    return request === undefined || isOver(request, wallMs) ? undefined : request;
  }

  add(request: DoneRequest): void {
    this.#forget(request.name);
    const bytes = request.reply === undefined ? 0 : replyBytes(request.reply);
    this.#known.set(request.name, { request, bytes });
    this.#bytes += bytes;
    for (const [name, known] of this.#known) {
      if (this.#known.size <= REQUESTS_MAX && !isOver(known.request, request.atMs)) break;
      this.#forget(name);
    }
    for (const known of this.#known.values()) {
      if (this.#bytes <= REPLIES_BYTES_MAX) return;
      if (known.bytes > 0) this.#dropReply(known);
    }
  }

  /** As data, the oldest first. */
  entries(): DoneRequest[] {
    return Array.from(this.#known.values(), ({ request }) => request);
  }

  #forget(name: string): void {
    this.#bytes -= this.#known.get(name)?.bytes ?? 0;
    this.#known.delete(name);
  }

  #dropReply(known: Known): void {
    const { reply: _, ...rest } = known.request;
    this.#bytes -= known.bytes;
    known.request = rest;
    known.bytes = 0;
  }
}

/** What an answer weighs as JSON. Pure. */
export function replyBytes(reply: TaggedMessage): number {
  return Buffer.byteLength(JSON.stringify(reply));
}

function isOver({ atMs }: DoneRequest, wallMs: number): boolean {
  return atMs + REQUEST_KEPT_MS <= wallMs;
}
