/** Runs Node in the project as a child that leaves nothing of its group of processes behind. */
import { spawn } from "node:child_process";
import { ROOT, say } from "./project.mjs";

/** Ends the gate as it would without a handler. */
const STOP_SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * Answers how it ended and all that it said. It leads a group of processes that goes with it, however it ends: a server that a test has left
 * behind would take the processor from the next one. What leads a group of its own, because it was started detached, is not in it and must be ended by who has started it.
 */
export function runChild(nodeArguments, limitMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, nodeArguments, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    }
    const limit = setTimeout(() => {
      say(`${nodeArguments.join(" ")}: stopped after ${limitMs / 60_000} minutes.`);
      killGroup(child.pid);
    }, limitMs);
    const forget = stopWith(() => {
      killGroup(child.pid);
      // Where it stood may be why it was stopped.
      process.stdout.write(output);
    });
    // What it has left behind may hold its output open.
    child.on("exit", () => killGroup(child.pid));
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      forget();
      resolve({ code, output });
    });
  });
}

/** Does that when the gate is stopped, and ends the gate; answers how to forget about it. */
function stopWith(act) {
  const stops = Object.entries(STOP_SIGNALS).map(([signal, code]) => {
    const stop = () => {
      act();
      // The others that run at the same time have something to do, too.
      setImmediate(() => process.exit(code));
    };
    process.on(signal, stop);
    return () => process.off(signal, stop);
  });
  return () => {
    for (const off of stops) off();
  };
}

function killGroup(leader) {
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    // Nobody is left.
    if (error.code !== "ESRCH") throw error;
  }
}
