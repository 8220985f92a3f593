import { Command } from "commander";
import { drawPs } from "../drawings/ps-drawing.ts";
import { EXIT_CODES } from "../refusal.ts";
import { terminalPaint } from "../terminal.ts";

/** `banyan ps`: the banyan processes of this machine, and which of them are strays. */
export function psCommand(): Command {
  return new Command("ps")
    .summary("list the banyan processes of this machine, and strays of an earlier run")
    .description(
      "Lists the banyan processes of this machine. Those that are left over from an earlier run are strays: it is said " +
        "how to end them. Exits with 1 when there is one.",
    )
    .option("--json", "print the list as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const [{ banyanProcesses }, { judgeProcesses }, { holderOf }] = await Promise.all([
        import("../host/strays/banyan-processes.ts"),
        import("../host/strays/stray-processes.ts"),
        import("../host/place/host-lock.ts"),
      ]);
      const nowMs = Date.now();
      const judged = judgeProcesses(banyanProcesses(nowMs), (dataDir) => holderOf(dataDir)?.pid);
      console.log(json === true ? JSON.stringify(judged, null, 2) : drawPs(judged, nowMs, terminalPaint));
      process.exitCode = judged.some(({ isStray }) => isStray) ? EXIT_CODES.failed : EXIT_CODES.ok;
    });
}
