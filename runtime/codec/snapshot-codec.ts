import { Packr } from "msgpackr";

/** The state of an entity and what it has taken in, as data. */
export interface StoredState {
  /** The version of the data's shape. */
  readonly version: number;
  readonly data: unknown;
  /** The last number of each sender, the one heard of longest ago first. */
  readonly receipts: readonly (readonly [sender: string, seq: number])[];
}

interface Packed {
  readonly v: number;
  readonly s: unknown;
  readonly r: StoredState["receipts"];
}

/** Writes snapshots of entities and reads them back. */
export class SnapshotCodec {
  readonly #packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

  encode({ version, data, receipts }: StoredState): Uint8Array {
    const packed: Packed = { v: version, s: data, r: receipts };
    return this.#packr.pack(packed);
  }

  /** Undefined when the bytes are no snapshot. Never throws. */
  decode(bytes: Uint8Array): StoredState | undefined {
    let packed: unknown;
    try {
      packed = this.#packr.unpack(bytes);
    } catch {
      return undefined;
    }
    if (typeof packed !== "object" || packed === null) return undefined;
    const { v, s, r } = packed as Partial<Packed>;
    if (!Number.isInteger(v) || v === undefined || !Array.isArray(r)) return undefined;
    return { version: v, data: s, receipts: r };
  }
}
