import type { Command } from "commander";
import type { PARTITION_VERDICT_FIELDS } from "../../protocols/stats.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import type { Logs } from "../drawings/logs-drawing.ts";
import { Refusal } from "../refusal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

const NOTES = `
For a node that will not come back: until a day has passed, time blocks stay open and alert rules stand still for what it would still have read.
What was counted stays. When it is read again, it is waited for again. "banyan logs" names those of which nothing is heard.`;

/** `banyan logs forget PARTITION`: has nobody wait for what a node read that is gone for good. */
export function logsForgetCommand(): Command {
  return opsCommand("forget", "have nobody wait any more for a part of a log whose reader is gone for good")
    .description("Has nobody wait any more for a part of a log whose reader is gone for good.")
    .argument("<partition>", "source and part, such as nginx/web-1-a3f2c1")
    .addHelpText("after", NOTES)
    .action(async (partition: string, _own, self: Command) => {
      // `banyan logs` has options of the same names, and takes those that stand behind `forget` too.
      const options = self.optsWithGlobals<OpsOptions>();
      const client = await nodeOf(options);
      refuseRead(partition, (await client.get("/v1/logs")) as Logs);
      const verdict = (await client.post("/v1/stats/partitions/act", {
        act: "forget",
        partition,
      })) as BodyOf<typeof PARTITION_VERDICT_FIELDS>;
      show(options, verdict, ({ became }) => `${partition}: ${became}`);
    });
}

/** Its reader would speak of it again at once. */
function refuseRead(partition: string, { nodes }: Logs): void {
  const reader = nodes.find(({ pullers }) =>
    pullers.some((puller) => `${puller.source}/${puller.partition}` === partition && puller.state !== "gone"),
  );
  if (reader === undefined) return;
  throw new Refusal(
    "failed",
    `${partition} is read by ${reader.node}; stop that node, or take the source out of its settings`,
  );
}
