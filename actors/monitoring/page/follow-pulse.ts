import { EventReader } from "./event-reader.ts";
import { PULSE_QUESTION } from "./range.ts";
import type { Stats } from "./stats.ts";

/** Reads the stream of revisions until it ends; a browser's own EventSource cannot carry a token. */
export async function followPulse(
  token: string,
  signal: AbortSignal,
  onRevision: (revision: Stats) => void,
): Promise<void> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(PULSE_QUESTION, { headers, cache: "no-store", signal });
    if (!response.ok || response.body === null) return;
    const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const events = new EventReader();
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      for (const data of events.add(piece.value)) onRevision(JSON.parse(data) as Stats);
    }
  } catch {
    // Broken off: whoever follows begins anew.
  }
}
