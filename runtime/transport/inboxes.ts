/** One entry of an inbox, as the store has it. */
export interface InboxEntry {
  /** Its place; later ones have larger places. */
  readonly id: string;
  /** A frame; empty for what only marks that the inbox was made. */
  readonly bytes: Buffer;
}

/** Who may take what a dead node has left. `taken`: that incarnation does, or did, already. */
export type Adoption = { readonly kind: "adopted" } | { readonly kind: "taken"; readonly by: string };

/**
 * The inboxes of all nodes as one node reaches them in the store: a stream for each incarnation. Whatever rejects does so with a Fault of the store; then it is
 * unknown whether it was done, except where the fault says that nothing was sent.
 */
export interface Inboxes {
  /** Adds a frame to the inbox of `to`, in the order of the calls. `missing`: it has none, and nothing was added. */
  add(to: string, frame: Uint8Array): Promise<"added" | "missing">;
  /** Makes this node's inbox when it has none. `adopted`: somebody has taken this node for dead and its inbox with it. */
  open(): Promise<"open" | "adopted">;
  /** What came after the entry `after`, or all; waits for a while when nothing has come. `missing`: the inbox is lost. */
  read(after: string | undefined): Promise<readonly InboxEntry[] | "missing">;
  /** Removes the entry `upTo` of this node's inbox and all before it. */
  trim(upTo: string): Promise<void>;
  /** Removes this node's inbox when nothing is in it. */
  leave(): Promise<void>;
  /** Takes over the inbox of a dead node, unless somebody else has; `after`: or exactly that one has, and is dead, too. */
  adopt(dead: string, after: string | undefined): Promise<Adoption>;
  /** A page of what a dead node has left to this node. */
  leftBehind(dead: string, after: string | undefined): Promise<readonly InboxEntry[]>;
  /** All of it was dealt with. */
  forget(dead: string): Promise<void>;
  /** Ends every call that waits. */
  close(): Promise<void>;
}

/** Says something to all nodes that listen, at most once. */
export interface Topics {
  /** Answers whether it was sent; when not, it is lost. */
  publish(topic: string, bytes: Uint8Array): Promise<boolean>;
  /** Hears a topic until the answer is called, also after reconnects. */
  subscribe(topic: string, listener: (bytes: Uint8Array) => void): () => void;
  close(): Promise<void>;
}
