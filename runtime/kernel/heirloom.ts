/** The state of one actor on its way to another process: plain data that can be cloned. */
export interface Heirloom {
  readonly path: string;
  /** The type of the actor; one of another type does not inherit it. */
  readonly type: string;
  /** The version of the data's shape. */
  readonly version: number;
  readonly data: unknown;
}
