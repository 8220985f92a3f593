import "./kit.css";
import { render } from "preact";
import type { ComponentChildren } from "preact";
import { openPageSettings, PageSettingsContext } from "./page-settings.ts";

/** Shows a page in its window. */
export function mountPage(view: ComponentChildren): void {
  const root = document.getElementById("page");
  if (root === null) throw new Error("the page has no #page");
  render(
    <PageSettingsContext.Provider value={openPageSettings()}>{view}</PageSettingsContext.Provider>,
    root,
  );
}
