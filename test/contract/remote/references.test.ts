import { referencesContract } from "./references-contract.ts";

referencesContract("this node", false);
referencesContract("another node", true);
