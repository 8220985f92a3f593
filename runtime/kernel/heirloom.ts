/** What one actor leaves to its heir in another process: plain data that can be cloned. */
export interface Heirloom {
  readonly path: string;
  /** The type of the actor; one of another type does not inherit it. */
  readonly type: string;
  /** The version of the data's shape; left out where there is no data, and the heir begins with a state of its own. */
  readonly version?: number;
  readonly data?: unknown;
  /** An operator has suspended it; the heir is suspended once all who come over have come. */
  readonly isSuspended?: true;
}
