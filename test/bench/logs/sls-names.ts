/** The key, the project and the logstore that benchmarks pull with. */
export const BENCH_KEY = { id: "bench-key", secret: "bench-secret" };
export const BENCH_PROJECT = "bench";
export const BENCH_LOGSTORE = "nginx";
