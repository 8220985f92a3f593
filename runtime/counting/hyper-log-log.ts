import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** How many bits of a hash choose its register: in days, and in all that is kept for less long. */
const FINE_BITS = 14;
const COARSE_BITS = 12;
/** Up to so many registers they are kept as pairs in memory. */
const SPARSE_MAX = 512;
/** What a register takes at most when it is stored as a pair, in bytes. */
const PAIR_BYTES = 3;
/** What a pair takes in memory, and all else. */
const PAIR_MEMORY_BYTES = 32;
const OBJECT_BYTES = 200;
/** The ranks of 32 bits, and one for all of them zero. */
const RANK_MAX = 33;
/** The first byte of what is stored. */
const FORMS = [
  { bits: COARSE_BITS, isSparse: true },
  { bits: COARSE_BITS, isSparse: false },
  { bits: FINE_BITS, isSparse: true },
  { bits: FINE_BITS, isSparse: false },
] as const;

/**
 * Counts different things in 16 KiB at most, with a standard error of 0.8 %, or in 4 KiB with 1.6 % (HyperLogLog: Flajolet and others, 2007; linear counting while there
 * are few). What comes again changes nothing, so it may be merged in any order and more than once; merged with one of 4 KiB it is one of those.
 */
export class HyperLogLog {
  #bits: number = FINE_BITS;
  #sparse: Map<number, number> | undefined = new Map();
  #registers = new Uint8Array(0);

  /** The standard error of the estimate. */
  get error(): number {
    return 1.04 / Math.sqrt(2 ** this.#bits);
  }

  /** What it takes in memory, roughly. */
  get memoryBytes(): number {
    return OBJECT_BYTES + this.#registers.length + PAIR_MEMORY_BYTES * (this.#sparse?.size ?? 0);
  }

  /** Takes in a thing by two independent hashes of it, 32 bits each. */
  add(hashA: number, hashB: number): void {
    this.#set(hashA >>> (32 - this.#bits), Math.clz32(hashB) + 1);
  }

  merge(other: HyperLogLog): void {
    if (other.#bits < this.#bits) this.lower();
    const shift = other.#bits - this.#bits;
    // How it is kept follows from what is in it alone.
    if (other.#sparse === undefined && shift === 0) this.#spread();
    other.#forEach((register, rank) => this.#set(register >>> shift, rank));
  }

  /** Gives up the precision that only days have. */
  lower(): void {
    if (this.#bits === COARSE_BITS) return;
    const fine = new HyperLogLog();
    fine.#sparse = this.#sparse;
    fine.#registers = this.#registers;
    this.#bits = COARSE_BITS;
    this.#sparse = new Map();
    this.#registers = new Uint8Array(0);
    fine.#forEach((register, rank) => this.#set(register >>> (FINE_BITS - COARSE_BITS), rank));
  }

  estimate(): number {
    const registers = 2 ** this.#bits;
    const alpha = 0.7213 / (1 + 1.079 / registers);
    let [filled, sum] = [0, 0];
    this.#forEach((_register, rank) => {
      filled++;
      sum += 2 ** -rank;
    });
    const empty = registers - filled;
    const raw = (alpha * registers * registers) / (sum + empty);
    if (raw > 2.5 * registers || empty === 0) return Math.round(raw);
    return Math.round(registers * Math.log(registers / empty));
  }

  write(writer: ByteWriter): void {
    const filled = this.#count();
    const isSparse = this.#sparse !== undefined || PAIR_BYTES * filled < this.#registers.length;
    writer.byte(FORMS.findIndex((form) => form.bits === this.#bits && form.isSparse === isSparse));
    if (!isSparse) return writer.raw(this.#registers);
    writer.whole(filled);
    let last = 0;
    const write = (register: number, rank: number): void => {
      writer.whole(register - last);
      writer.byte(rank);
      last = register;
    };
    if (this.#sparse === undefined) return this.#forEach(write);
    for (const [register, rank] of [...this.#sparse].sort(([a], [b]) => a - b)) write(register, rank);
  }

  /** @throws RangeError for bytes that are none */
  static read(reader: ByteReader): HyperLogLog {
    const form = FORMS[reader.byte()];
    if (form === undefined) throw new RangeError("registers are not kept in this way");
    const read = new HyperLogLog();
    read.#bits = form.bits;
    const registers = 2 ** form.bits;
    if (!form.isSparse) {
      const ranks = reader.raw();
      const isWhole = ranks.length === registers && ranks.every((rank) => rank <= RANK_MAX);
      if (!isWhole) throw new RangeError("these are not the registers that there are");
      read.#spread();
      read.#registers.set(ranks);
      return read;
    }
    let register = 0;
    for (let filled = reader.whole(); filled > 0; filled--) {
      register += reader.whole();
      const rank = reader.byte();
      if (register >= registers || rank > RANK_MAX) throw new RangeError("there is no such register");
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
    this.#registers = new Uint8Array(2 ** this.#bits);
    for (const [register, rank] of this.#sparse) this.#registers[register] = rank;
    this.#sparse = undefined;
  }

  #count(): number {
    if (this.#sparse !== undefined) return this.#sparse.size;
    let filled = 0;
    for (const rank of this.#registers) if (rank > 0) filled++;
    return filled;
  }

  /** Visits the registers that are not empty; those of a large one in their order. */
  #forEach(visit: (register: number, rank: number) => void): void {
    if (this.#sparse !== undefined) return this.#sparse.forEach((rank, register) => visit(register, rank));
    const registers = this.#registers;
    for (let register = 0; register < registers.length; register++) {
      const rank = registers[register] as number;
      if (rank > 0) visit(register, rank);
    }
  }
}
