// Pure: server-sent events out of the pieces in which they arrive.

/** Collects pieces of text, and gives the data of each event once it is whole. */
export class EventReader {
  #rest = "";

  /** The data of the events that this piece completes. */
  add(piece: string): readonly string[] {
    const parts = (this.#rest + piece).split("\n\n");
    this.#rest = parts.pop() ?? "";
    return parts.flatMap((event) => {
      const data = event.split("\n").filter((line) => line.startsWith("data: "));
      return data.length === 0 ? [] : [data.map((line) => line.slice("data: ".length)).join("\n")];
    });
  }
}
