import type { Complaints } from "./complaints.ts";

/** Offsets that are kept although all have heard them: their sender may hear late that they were accepted. */
const KEPT = 2_000;

/**
 * What was said in one room and who has heard it: whatever was accepted has to reach every member once, in the order of
 * the offsets. Data is compared, so a publication cannot stand in for another.
 */
export class RoomLedger {
  readonly room: string;
  readonly #complaints: Complaints;
  /** What was accepted and is not known to be heard by all yet, by offset. */
  readonly #accepted = new Map<number, string>();
  readonly #heardUpTo = new Map<string, number>();
  #epoch: string | undefined = undefined;
  /** What members heard before its sender knew that it was accepted. */
  readonly #heard = new Map<number, string>();
  acceptedCount = 0;
  heardCount = 0;

  constructor(room: string, complaints: Complaints) {
    this.room = room;
    this.#complaints = complaints;
  }

  /** Somebody has come and hears from now on. */
  joined(member: string, { epoch, offset }: { readonly epoch: string; readonly offset: number }): void {
    if (this.#epoch !== undefined && epoch !== this.#epoch) {
      this.#complaints.add(`${this.room}: ${member} came into epoch ${epoch}, others are in ${this.#epoch}`);
    }
    this.#epoch = epoch;
    this.#heardUpTo.set(member, offset);
  }

  accepted(offset: number, data: string): void {
    this.acceptedCount++;
    const other = this.#accepted.get(offset);
    if (other !== undefined) this.#complaints.add(`${this.room}: offset ${offset} was given twice`);
    this.#accepted.set(offset, data);
    this.#compare(offset);
  }

  heard(member: string, offset: number, data: string): void {
    this.heardCount++;
    const last = this.#heardUpTo.get(member) ?? 0;
    if (offset <= last) this.#complaints.add(`${this.room}: ${member} heard ${offset} again, after ${last}`);
    if (offset > last + 1) {
      this.#complaints.add(`${this.room}: ${member} heard ${offset} right after ${last}`);
    }
    this.#heardUpTo.set(member, Math.max(last, offset));
    this.#heard.set(offset, data);
    this.#compare(offset);
  }

  /** Members that have not heard everything that was accepted, in words. */
  missing(): string[] {
    const latest = Math.max(0, ...this.#accepted.keys());
    return [...this.#heardUpTo]
      .filter(([, offset]) => offset < latest)
      .map(([member, offset]) => `${this.room}: ${member} has heard ${offset} of ${latest}`);
  }

  /** What all have heard need not be kept. */
  forgetOld(): void {
    const old = Math.min(...this.#heardUpTo.values()) - KEPT;
    for (const known of [this.#accepted, this.#heard]) {
      for (const offset of known.keys()) if (offset < old) known.delete(offset);
    }
  }

  #compare(offset: number): void {
    const [said, heard] = [this.#accepted.get(offset), this.#heard.get(offset)];
    if (said !== undefined && heard !== undefined && said !== heard) {
      this.#complaints.add(`${this.room}: ${said} was accepted as ${offset}, and ${heard} was heard`);
    }
  }
}
