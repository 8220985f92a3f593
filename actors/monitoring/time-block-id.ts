/** What a time block counts: a metric, in one block of 180 s. */
export interface TimeBlockName {
  readonly metric: string;
  readonly block: number;
}

/** The id of the actor of a time block: `requests:9930336`. */
export function timeBlockId(metric: string, block: number): string {
  return `${metric}:${block}`;
}

/** Reads it back; undefined for a text that is none. */
export function parseTimeBlockId(id: string): TimeBlockName | undefined {
  const colon = id.lastIndexOf(":");
  const number = id.slice(colon + 1);
  return colon > 0 && /^\d{1,12}$/.test(number)
    ? { metric: id.slice(0, colon), block: Number(number) }
    : undefined;
}
