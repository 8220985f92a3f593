import { FEATURES as REAL } from "../../deploy/roles.ts";
import { ledgerFeature } from "./ledger-feature.ts";

/** What stands in for `deploy/roles.ts` in the processes of a test: the same features, and one that stores. */
export const FEATURES = [ledgerFeature, ...REAL];
