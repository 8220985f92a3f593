import type { Publication } from "../../../protocols/client-frames.ts";
import { connect } from "../../../runtime/client/node-client.ts";
import type { Client } from "../../../runtime/client/node-client.ts";
import type { Complaints } from "../complaints.ts";

/** Somebody who says nothing and writes down everything that is told in a room, as it comes over the wire. */
export class Witness {
  readonly heard: Publication[] = [];
  readonly #client: Client;
  readonly #complaints: Complaints;

  constructor(url: string, room: string, complaints: Complaints) {
    this.#complaints = complaints;
    this.#client = connect({ url, name: "witness" });
    this.#client.room(room).subscribe({
      publication: (publication) => void this.heard.push(publication),
      gap: (gap) => complaints.add(`the witness was told of a gap: ${JSON.stringify(gap)}`),
    });
  }

  /** The offset of what was heard last. */
  get latest(): number {
    return this.heard.at(-1)?.offset ?? 0;
  }

  /** Complains unless everything came once, in the order of its offsets, from the first one on. */
  end(): void {
    this.#client.close();
    const offsets = this.heard.map(({ offset }) => offset);
    const wanted = this.heard.map((_, index) => index + (offsets[0] ?? 1));
    if (offsets.join() !== wanted.join()) this.#complaints.add(`the witness has heard ${offsets.join()}`);
    const texts = this.heard.map(({ data }) => (data as { readonly text: string }).text);
    const twice = texts.filter((text, index) => texts.indexOf(text) !== index);
    if (twice.length > 0) this.#complaints.add(`in the room was said twice: ${twice.join()}`);
  }
}
