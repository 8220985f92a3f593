import { isLocalOnly } from "../codec/message-codec.ts";
import type { Flight } from "../supervision/watchdog/block.ts";
import type { Cell } from "./cell.ts";
import { isPlainData } from "./plain-data.ts";

/** A message is told whole up to this length as JSON, in characters. */
const MESSAGE_MAX = 65_536;

/** What the open turn of a cell is about, as JSON. */
export function flightOf(cell: Cell): string {
  const flight: Flight = {
    path: cell.pathText,
    type: cell.definition.type,
    kind: cell.message?.kind ?? "",
    message: encode(cell),
  };
  return JSON.stringify(flight);
}

// Whoever replays it later must get the same message, or none: where JSON would lose something, the kind must do.
function encode({ message, definition }: Cell): string | undefined {
  if (message === undefined) return undefined;
  const { tell, ask, self } = definition.protocol;
  const fields = tell[message.kind] ?? ask[message.kind]?.request ?? self[message.kind] ?? {};
  if (isLocalOnly(fields) || !isPlainData(message, MESSAGE_MAX)) return undefined;
  const text = JSON.stringify(message);
  return text.length <= MESSAGE_MAX ? text : undefined;
}
