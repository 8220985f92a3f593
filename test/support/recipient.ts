import type { TransportReceiver } from "../../runtime/transport/transport.ts";

/** Takes what comes over a transport and remembers it, at once or only when a test lets it go on. */
export class Recipient implements TransportReceiver {
  /** What has come, as bytes. */
  readonly parcels: Uint8Array[] = [];
  /** By dead receiver and sender: `dead sender`. */
  readonly heirlooms = new Map<string, string[]>();
  /** How often something came in one piece. */
  readonly reads = { began: 0, ended: 0 };
  failing: "throws" | "rejects" | undefined = undefined;
  readonly #received = new Map<string, string[]>();
  readonly #returned = new Map<string, string[]>();
  #held: Promise<void> | undefined = undefined;

  /** Handles nothing to its end until the answer is called. */
  hold(): () => void {
    let goOn = (): void => {};
    this.#held = new Promise((resolve) => (goOn = resolve));
    return () => {
      this.#held = undefined;
      goOn();
    };
  }

  /** What a node has sent, as texts. */
  from(incarnation: string): readonly string[] {
    return this.#received.get(incarnation) ?? [];
  }

  adoptedFrom(dead: string, sender: string): readonly string[] {
    return this.heirlooms.get(`${dead} ${sender}`) ?? [];
  }

  returnedFrom(to: string): readonly string[] {
    return this.#returned.get(to) ?? [];
  }

  readBegan(): void {
    this.reads.began++;
  }

  readEnded(): void {
    this.reads.ended++;
  }

  receive(from: string, parcel: Uint8Array): Promise<void> | undefined {
    if (this.failing === "throws") throw new Error("a bug of a receiver");
    if (this.failing === "rejects") return Promise.reject(new Error("a bug of a receiver"));
    this.parcels.push(parcel);
    note(this.#received, from, parcel);
    return this.#held;
  }

  adopted(from: string, dead: string, parcel: Uint8Array): Promise<void> | undefined {
    note(this.heirlooms, `${dead} ${from}`, parcel);
    return this.#held;
  }

  returned(to: string, parcels: readonly Uint8Array[]): void {
    for (const parcel of parcels) note(this.#returned, to, parcel);
  }
}

function note(lists: Map<string, string[]>, key: string, parcel: Uint8Array): void {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  list.push(Buffer.from(parcel).toString());
}
