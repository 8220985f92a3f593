import { createHash } from "node:crypto";
import { GivingWay } from "../../runtime/time/giving-way.ts";
import type { StatsAnswer } from "./stats-answer.ts";

/** An answer as it is sent. */
interface EncodedAnswer {
  readonly body: string;
  /** Names what was counted: that time has passed since, and that nothing was late, changes nothing about it. */
  readonly etag: string;
}

/** Writes an answer series after series, so that a large one holds up nothing else. */
export async function encodeAnswer({ series, ...rest }: StatsAnswer): Promise<EncodedAnswer> {
  const { watermark: _, laggards: _laggards, ...counted } = rest;
  const digest = createHash("sha256").update(JSON.stringify(counted));
  const way = new GivingWay();
  const texts: string[] = [];
  for (const one of series) {
    const text = JSON.stringify(one);
    digest.update(text);
    texts.push(text);
    await way.pause();
  }
  const head = JSON.stringify(rest).slice(0, -1);
  return {
    body: `${head},"series":[${texts.join(",")}]}`,
    etag: `"${digest.digest("base64url").slice(0, 22)}"`,
  };
}

/** An answer, or what has changed of it, as an event of a stream. */
export function revisionEvent({ body, etag }: EncodedAnswer): Uint8Array {
  return Buffer.from(`id: ${etag}\nevent: revision\ndata: ${body}\n\n`);
}
