import { FEATURES as REAL } from "../../deploy/roles.ts";
import { troubleFeature } from "./trouble-feature.ts";

/** What stands in for `deploy/roles.ts` in the processes of a test: the same features, and one that makes trouble. */
export const FEATURES = [troubleFeature, ...REAL];
