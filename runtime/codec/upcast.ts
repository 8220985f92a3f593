import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";

/** What has versions, and a step from each to the next: a protocol, or the events of an entity. */
type Versioned = Pick<Protocol, "version" | "upcast">;

/** A message lifted to its protocol's present version, or why not. */
export type Lifted =
  | { readonly ok: true; readonly message: TaggedMessage }
  | { readonly ok: false; readonly code: "retiredMessage" | "notLiftable"; readonly text: string };

/** Lifts a message step by step from the version it was written in to the present one. Pure. */
export function upcast(versioned: Versioned, version: number, message: TaggedMessage): Lifted {
  let lifted: TaggedMessage | undefined = message;
  for (let step = version; step < versioned.version; step++) {
    try {
      lifted = versioned.upcast[step]?.(lifted);
    } catch {
      // A step reads fields that nobody has checked: only the present version has a validator.
      return { ok: false, code: "notLiftable", text: `"${message.kind}" could not be lifted to ${step + 1}` };
    }
    if (lifted === undefined) {
      return {
        ok: false,
        code: "retiredMessage",
        text: `"${message.kind}" has no counterpart in ${step + 1}`,
      };
    }
  }
  return { ok: true, message: lifted };
}
