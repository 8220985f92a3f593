import type { Heirloom } from "../../kernel/heirloom.ts";

/** What a feature keeps outside of its actors, on its way into another process. */
export interface PackedKeepsake {
  readonly name: string;
  readonly version: number;
  readonly data: unknown;
}

/** What the process that hands over says. */
export type FromPredecessor =
  /** All state that goes over before a door is opened there. */
  | {
      readonly kind: "heirlooms";
      readonly heirlooms: readonly Heirloom[];
      readonly keepsakes: readonly PackedKeepsake[];
    }
  /** A connection that is too large to come with its handle. */
  | { readonly kind: "large"; readonly id: string; readonly packed: Uint8Array }
  /**
   * The handle of a connection comes with this, and the connection itself unless it came before. With `hasTail` it waits
   * for what its socket had not taken when the handle left.
   */
  | {
      readonly kind: "connection";
      readonly id: string;
      readonly packed: Uint8Array | undefined;
      readonly hasTail: boolean;
    }
  | { readonly kind: "tail"; readonly id: string; readonly bytes: Uint8Array }
  /** A socket that waits for the next request; its handle comes with it. */
  | { readonly kind: "idle"; readonly listener: string }
  /** That was all. */
  | { readonly kind: "end" };

/** What the process that takes over says. */
export type FromSuccessor =
  /** Its doors are open. */
  | { readonly kind: "serving" }
  /** These connections have come. */
  | { readonly kind: "attached"; readonly ids: readonly string[] };
