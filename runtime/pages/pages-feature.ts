import { fileURLToPath } from "node:url";
import type { Feature, FeatureParts } from "../feature.ts";
import { everybody } from "../net/everybody.ts";
import { pageRoutes } from "./page-routes.ts";
import { PageServer } from "./page-server.ts";

/** Where the build puts the pages, as seen from dist/runtime/pages. */
const BUILT_PAGES = fileURLToPath(new URL("../../pages", import.meta.url));

/** Shows the pages of all features: those for clients at the gateway, those for operators on their port. */
export const pagesFeature: Feature = {
  name: "pages",
  start(): FeatureParts {
    const pages = PageServer.load(BUILT_PAGES);
    // A browser opens a page without a token. The page holds none either: what it shows stands behind the guard.
    const open = pageRoutes(pages, "operators").map((route) => ({ ...route, auth: everybody }));
    return { routes: pageRoutes(pages, "clients"), operatorRoutes: open };
  },
};
