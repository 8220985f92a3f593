/**
 * One side of a conversation as a process of its own: `talk-process.js KIND URL answer`, which says `listening` and stays, or
 * `talk-process.js KIND URL call PLAN QUICK`, which prints what it has measured as JSON, last on stdout, and ends.
 */
import { PLANS } from "./plans.ts";
import type { Talkers } from "./talk.ts";

const [kind = "", url = "", side, plan = "", quick] = process.argv.slice(2);

/** Only what is measured is loaded. */
async function talkers(): Promise<Talkers> {
  if (kind === "moleculer") return (await import("./moleculer-talk.ts")).moleculerTalk;
  if (kind === "streams") return (await import("./stream-talk.ts")).streamTalk;
  return (await import("./our-talk.ts")).ourTalk;
}

const both = await talkers();
if (side === "answer") {
  await both.answer(url);
  process.stdout.write("listening\n");
} else {
  const measure = PLANS[plan];
  if (measure === undefined) throw new TypeError(`there is no plan ${plan}`);
  const talk = await both.call(url);
  const sample = await measure(talk, quick === "true");
  process.stdout.write(`${JSON.stringify(sample)}\n`, () => process.exit());
}
