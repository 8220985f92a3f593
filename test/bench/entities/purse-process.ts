/**
 * A node with purses as a process of its own: `purse-process.js URL NAME PROFILE`, which says `serving` and stays until it is killed.
 */
import { PurseNode } from "./purse-node.ts";

const [url = "", name = "", profile] = process.argv.slice(2);
await PurseNode.start(url, name, { roles: ["entities"], profile: profile === "fast" ? "fast" : "safe" });
process.stdout.write("serving\n");
