import type { NodeSettings } from "../protocols/settings.ts";
import { NO_HOST } from "../runtime/host-link.ts";
import { AssembledNode } from "./assembled-node.ts";
import { openDataDirectory } from "./data-directory.ts";
import { takeLock } from "./host/place/host-lock.ts";
import { NODE_TITLE } from "./host/strays/process-facts.ts";
import { RELOAD_SIGNALS } from "./host/control/reload-signals.ts";
import { onlooker, tellStarter } from "./host/control/starter.ts";
import { Stopping } from "./host/stopping.ts";
import { announceNode, withdrawNode } from "./running-node.ts";
import { startRefusal } from "./start-refusal.ts";
import { stopSignal } from "./stop-signals.ts";

/** Runs a node in this process, without a host, until a signal stops it; then ends the process. @throws Refusal when it cannot start */
export async function runNode(given: NodeSettings): Promise<void> {
  process.title = NODE_TITLE;
  const directory = openDataDirectory(given.dataDir);
  const lock = takeLock(given.dataDir, "node");
  const end = (code: number): never => {
    withdrawNode(directory, process.pid);
    lock.release();
    process.exit(code);
  };
  try {
    const stopping = new Stopping();
    void stopSignal().then((signal) => stopping.ask(signal));
    const onStopAsked = (): void => void stopping.ask("operator");
    const assembled = await AssembledNode.open(given, { hasHost: false, end, onStopAsked });
    for (const signal of RELOAD_SIGNALS) {
      process.on(signal, () => assembled.log.error("reload.refused", { why: `this is ${NO_HOST}` }));
    }
    await assembled.node.start();
    assembled.watch();
    announceNode(directory, { pid: process.pid, workers: [], ...assembled.node.urls() });
    assembled.greet(process.pid, onlooker());
    tellStarter({ kind: "serving", role: "node", pid: process.pid, urls: assembled.node.urls() });
    await assembled.stop(assembled.settings.stopWithinMs, await stopping.asked);
  } catch (error) {
    lock.release();
    throw startRefusal(error) ?? error;
  }
}
