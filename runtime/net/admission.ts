/** How many sockets may be open. */
export interface AdmissionLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

/** Why a socket is turned away. */
export type AdmissionRefusal = "tooManyConnections" | "tooManyFromAddress";

/** Counts open sockets, all and by address, and turns away what exceeds the limits. Pure. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a socket in, unless it is one too many. */
  enter(address: string): AdmissionRefusal | undefined {
    const here = this.#byAddress.get(address) ?? 0;
    if (this.#count >= this.#limits.connections) return "tooManyConnections";
    if (here >= this.#limits.connectionsPerAddress) return "tooManyFromAddress";
    this.admit(address);
    return undefined;
  }

  /** Counts a socket in that another process had let in. */
  admit(address: string): void {
    this.#count++;
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
  }

  /** Counts a socket out that was counted in. */
  leave(address: string): void {
    const here = this.#byAddress.get(address) ?? 0;
    if (here === 0) return;
    this.#count--;
    if (here === 1) this.#byAddress.delete(address);
    else this.#byAddress.set(address, here - 1);
  }
}
