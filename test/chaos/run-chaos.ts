/** `npm run chaos -- ...` is chaos in a cluster, `npm run chaos -- logs ...` chaos of logs: each says what else it takes. */
if (process.argv[2] === "logs") await import("./logs/run.ts");
else await import("./cluster/run.ts");
