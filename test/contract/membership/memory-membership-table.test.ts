import { MemoryMembershipTable } from "../../../runtime/membership/memory-membership-table.ts";
import { membershipContract } from "./membership-contract.ts";

membershipContract({
  name: "memory",
  open: async () => {},
  close: async () => {},
  fresh: async (time, options) => new MemoryMembershipTable(time, options),
});
