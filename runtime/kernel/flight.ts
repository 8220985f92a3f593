import type { Flight } from "../supervision/watchdog/block.ts";
import type { Cell } from "./cell.ts";

/** A message is told whole up to this length as JSON, in characters. */
const MESSAGE_MAX = 65_536;

/** What the open turn of a cell is about, as JSON. */
export function flightOf(cell: Cell): string {
  const message = encode(cell);
  const flight: Flight = {
    path: cell.pathText,
    type: cell.definition.type,
    kind: cell.message?.kind ?? "",
    message: message !== undefined && message.length <= MESSAGE_MAX ? message : undefined,
  };
  return JSON.stringify(flight);
}

// What holds a reference, a cycle or a bigint has no such form; its kind must do.
function encode({ message }: Cell): string | undefined {
  try {
    return JSON.stringify(message);
  } catch {
    return undefined;
  }
}
