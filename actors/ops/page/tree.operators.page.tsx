import "./tree.css";
import { mountPage } from "../../../runtime/pages/kit/mount-page.tsx";
import { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { TreeView } from "./tree-view.tsx";
import { TreeWatch } from "./tree-watch.ts";

const token = new OperatorToken();
mountPage(<TreeView token={token} watch={new TreeWatch(token)} />);
