import { askHost } from "../../deploy/host/control/control-client.ts";
import type { NodeProcess } from "../support/node-process.ts";

/** Has a fresh worker take over. Answers why it did not; undefined when it did. */
export async function reload(node: NodeProcess): Promise<string | undefined> {
  const answer = await askHost(node.dataDir, { kind: "reload" });
  return answer.kind === "done" ? undefined : JSON.stringify(answer);
}
