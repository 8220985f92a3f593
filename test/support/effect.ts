import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";

/** What a handler did to the world, as data. */
export type Effect =
  | { readonly kind: "told"; readonly to: AnyReference; readonly message: TaggedMessage }
  | { readonly kind: "asked"; readonly to: AnyReference; readonly message: TaggedMessage }
  | { readonly kind: "replied"; readonly reply: TaggedMessage }
  | { readonly kind: "spawned"; readonly name: string; readonly type: string; readonly args: unknown }
  | { readonly kind: "childStopped"; readonly name: string }
  | { readonly kind: "selfStopped" }
  | { readonly kind: "watched"; readonly target: AnyReference; readonly message: TaggedMessage }
  | { readonly kind: "unwatched"; readonly target: AnyReference }
  | {
      readonly kind: "timerStarted";
      readonly name: string;
      readonly delayMs: number;
      readonly message: TaggedMessage;
    }
  | { readonly kind: "beat"; readonly note: string | undefined }
  | { readonly kind: "timerStopped"; readonly name: string }
  | { readonly kind: "stashed"; readonly message: TaggedMessage }
  | { readonly kind: "unstashed"; readonly count: number };

/** The effects of some kinds, in order. */
export function effectsOf<K extends Effect["kind"]>(
  effects: readonly Effect[],
  ...kinds: K[]
): Extract<Effect, { kind: K }>[] {
  const wanted: readonly string[] = kinds;
  return effects.filter((effect): effect is Extract<Effect, { kind: K }> => wanted.includes(effect.kind));
}
