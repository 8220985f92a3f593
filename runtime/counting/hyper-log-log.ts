import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

const BITS = 12;
const REGISTERS = 2 ** BITS;
/** Up to so many registers they are kept as pairs. */
const SPARSE_MAX = 512;
/** The standard error of a count. */
export const UNIQUE_ERROR = 1.04 / Math.sqrt(REGISTERS);
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
/** The ranks of 32 bits, and one for all of them zero. */
const RANK_MAX = 33;

/**
 * Counts different things in 4 KiB at most, with a standard error of 1.6 % (HyperLogLog: Flajolet and others, 2007; linear counting while there are few).
 * What comes again changes nothing, so it may be merged in any order and more than once.
 */
export class HyperLogLog {
  #sparse: Map<number, number> | undefined = new Map();
  #registers = new Uint8Array(0);

  /** Takes in a thing by two independent hashes of it, 32 bits each. */
  add(hashA: number, hashB: number): void {
    this.#set(hashA >>> (32 - BITS), Math.clz32(hashB) + 1);
  }

  merge(other: HyperLogLog): void {
    if (other.#sparse === undefined) this.#spread();
    for (const [register, rank] of other.#filled()) this.#set(register, rank);
  }

  estimate(): number {
    const filled = this.#filled();
    const empty = REGISTERS - filled.length;
    const sum = filled.reduce((total, [, rank]) => total + 2 ** -rank, empty);
    const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
    if (raw > 2.5 * REGISTERS || empty === 0) return Math.round(raw);
    return Math.round(REGISTERS * Math.log(REGISTERS / empty));
  }

  write(writer: ByteWriter): void {
    if (this.#sparse === undefined) {
      writer.byte(1);
      writer.raw(this.#registers);
      return;
    }
    writer.byte(0);
    const filled = this.#filled().sort(([a], [b]) => a - b);
    writer.whole(filled.length);
    let last = 0;
    for (const [register, rank] of filled) {
      writer.whole(register - last);
      writer.byte(rank);
      last = register;
    }
  }

  /** @throws RangeError for bytes that are none */
  static read(reader: ByteReader): HyperLogLog {
    const read = new HyperLogLog();
    if (reader.byte() === 1) {
      const registers = reader.raw();
      if (registers.length !== REGISTERS) throw new RangeError("not as many registers as there are");
      read.#spread();
      read.#registers.set(registers);
      return read;
    }
    let register = 0;
    for (let filled = reader.whole(); filled > 0; filled--) {
      register += reader.whole();
      const rank = reader.byte();
      if (register >= REGISTERS || rank > RANK_MAX) throw new RangeError("there is no such register");
      read.#set(register, rank);
    }
    return read;
  }

  #set(register: number, rank: number): void {
    const sparse = this.#sparse;
    if (sparse === undefined) {
      if (rank > (this.#registers[register] as number)) this.#registers[register] = rank;
      return;
    }
    if (rank > (sparse.get(register) ?? 0)) sparse.set(register, rank);
    if (sparse.size > SPARSE_MAX) this.#spread();
  }

  #spread(): void {
    if (this.#sparse === undefined) return;
    this.#registers = new Uint8Array(REGISTERS);
    for (const [register, rank] of this.#sparse) this.#registers[register] = rank;
    this.#sparse = undefined;
  }

  #filled(): [register: number, rank: number][] {
    if (this.#sparse !== undefined) return [...this.#sparse];
    return [...this.#registers.entries()].filter(([, rank]) => rank > 0);
  }
}
