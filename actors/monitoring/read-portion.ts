import type { CountPlace, CountPortion } from "../../protocols/count-page.ts";
import { given } from "./given.ts";
import { rangeOf } from "../../runtime/counting/counts.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
import { cut, endWithin, isBefore, placeOf } from "../../runtime/counting/stretch.ts";
import type { Stretch } from "../../runtime/counting/stretch.ts";

/** As much as was asked for of counts that are read together: all of them up to the same place. */
export interface ReadPortion {
  readonly parts: readonly Counts[];
  /** Where the rest begins; undefined when there is none. */
  readonly next: CountPlace | undefined;
}

/** Reads a portion of counts, of one metric if one is named. Pure. */
export function readPortion(all: readonly Counts[], portion: CountPortion, metric?: string): ReadPortion {
  const { bytesMax } = portion;
  const stretch = stretchOf(portion);
  const parts = all.map((counts) => cut(counts, stretch, metric));
  const end = bytesMax === undefined ? stretch.to : endWithin(parts, stretch, bytesMax);
  if (!isBefore(end, stretch.to)) return { parts, next: undefined };
  return { parts: parts.map((part) => cut(part, { from: stretch.from, to: end })), next: end };
}

/** The same of counts that are read alone, as a page answers it. Pure. */
export function readOwn(
  counts: Counts,
  portion: CountPortion,
): { readonly counts: Uint8Array; readonly next?: CountPlace } {
  const { parts, next } = readPortion([counts], portion);
  return { counts: parts[0]?.encode() ?? new Uint8Array(), ...given({ next }) };
}

function stretchOf({ fromMs, toMs, after }: CountPortion): Stretch {
  const { from, to } = rangeOf(fromMs, toMs);
  const begin = placeOf(from);
  return { from: after !== undefined && isBefore(begin, after) ? after : begin, to: placeOf(to) };
}
