#!/usr/bin/env node
// The first statement: without a handler Node opens its debugger to whoever sends this signal. All else is loaded after it.
process.on("SIGUSR1", () => undefined);
const { closeDebugger } = await import("./close-debugger.ts");
closeDebugger();
const { runCommandLine } = await import("./command-line.ts");
// One that was asked for before there was a handler may have opened only now.
closeDebugger();
process.exitCode = await runCommandLine(process.argv);
