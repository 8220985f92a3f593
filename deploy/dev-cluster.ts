import { runDevCluster } from "./dev/dev-cluster.ts";
import { Refusal } from "./refusal.ts";

try {
  await runDevCluster(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`banyan: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
// What was still starting when it was stopped shall not go on.
process.exit();
