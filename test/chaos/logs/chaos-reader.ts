/**
 * A node that reads logs, as a process of its own: one after the other, so that it need not be loaded anew for each run. What it is told to do and what it says is in
 * `reader-words.ts`, over the channel of `fork`.
 */
import { ReaderNode } from "./reader-node.ts";
import type { ReaderCommand, ReaderWord } from "./reader-words.ts";

let node: ReaderNode | undefined;

const say = (word: ReaderWord): void => void process.send?.(word);

function running(): ReaderNode {
  if (node === undefined) throw new Error("no node runs here");
  return node;
}

async function obey(command: ReaderCommand): Promise<void> {
  switch (command.kind) {
    case "begin":
      node = await ReaderNode.begin(command.order);
      return say({ kind: "done", id: command.id });
    case "look":
      return say({ kind: "looked", id: command.id, accounts: await running().look() });
    case "count":
      return say({ kind: "counted", id: command.id, partitions: await running().count() });
    case "double":
      return running().double(command.partitions);
    case "end":
      await running().end();
      node = undefined;
      return say({ kind: "done", id: command.id });
  }
}

process.on("message", (message) => {
  const command = message as ReaderCommand;
  obey(command).catch((error: unknown) => {
    say({ kind: "failed", id: "id" in command ? command.id : 0, text: String((error as Error).stack) });
  });
});
process.on("disconnect", () => process.exit());
say({ kind: "loaded" });
