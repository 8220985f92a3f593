import { fileURLToPath } from "node:url";
import type { Feature } from "../feature.ts";
import { pageRoutes } from "./page-routes.ts";
import { PageServer } from "./page-server.ts";

/** Where the build puts the pages, as seen from dist/runtime/pages. */
const BUILT_PAGES = fileURLToPath(new URL("../../pages", import.meta.url));

/** Shows the pages of all features at the gateway. */
export const pagesFeature: Feature = {
  name: "pages",
  start: () => ({ routes: pageRoutes(PageServer.load(BUILT_PAGES)) }),
};
