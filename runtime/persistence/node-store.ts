import type { StoreCopy } from "./store-copies.ts";

/** How a store is opened. */
export interface OpenOptions {
  /** Whether another process has just given it up for this one, and its clients wait: what can be put off is put off. */
  readonly isTakeover: boolean;
}

/** Something on this machine that one process at a time may have open: a node opens it when it begins to serve, and gives it back before another one does. */
export interface NodeStore {
  /** Why nothing can be stored at present, in words; undefined when it can. */
  readonly trouble?: string | undefined;
  /** Copies what is stored at this moment for another process to look into. @throws Fault */
  copy(): Promise<StoreCopy>;
  /** Harmless when it is open. @throws Fault when it cannot be used */
  open(options: OpenOptions): Promise<void>;
  /** Brings to its end what is under way. It may be opened again. */
  close(): Promise<void>;
}
