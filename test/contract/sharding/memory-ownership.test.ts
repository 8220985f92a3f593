import { MemoryOwnership } from "../../../runtime/sharding/memory-ownership.ts";
import { ownershipContract } from "./ownership-contract.ts";

ownershipContract({
  name: "memory",
  open: async () => {},
  close: async () => {},
  fresh: async (time) => new MemoryOwnership(time),
});
