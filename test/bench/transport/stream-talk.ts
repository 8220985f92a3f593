import { Redis } from "ioredis";
import type { Talk, Talkers } from "./talk.ts";
import { TEXT } from "./talk.ts";

type Entries = readonly (readonly [string, readonly (readonly [string, readonly string[]])[]])[] | null;

const QUESTIONS = "questions";
const ANSWERS = "answers";

/** The least that can carry a question over streams: one XADD each way, and a blocking XREAD on either side. */
export const streamTalk: Talkers = {
  async answer(url) {
    const writer = new Redis(url);
    void follow(new Redis(url), QUESTIONS, (text) => void writer.xadd(ANSWERS, "*", "m", text));
  },

  async call(url): Promise<Talk> {
    const [writer, reader] = [new Redis(url), new Redis(url)];
    const open: (() => void)[] = [];
    void follow(reader, ANSWERS, () => open.shift()?.());
    return {
      tell: () => true,
      ask: () =>
        new Promise((resolve) => {
          open.push(() => resolve(0));
          void writer.xadd(QUESTIONS, "*", "m", TEXT);
        }),
      close: async () => {
        writer.disconnect();
        reader.disconnect();
      },
    };
  },
};

async function follow(reader: Redis, stream: string, hear: (text: string) => void): Promise<void> {
  let after = "0-0";
  for (;;) {
    const answer = (await reader.xread("BLOCK", 0, "STREAMS", stream, after)) as Entries;
    for (const [id, [, text = ""]] of answer?.[0]?.[1] ?? []) {
      after = id;
      hear(text);
    }
  }
}
