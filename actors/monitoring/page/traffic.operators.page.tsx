import "./traffic.css";
import { mountPage } from "../../../runtime/pages/kit/mount-page.tsx";
import { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { TrafficView } from "./traffic-view.tsx";
import { TrafficWatch } from "./traffic-watch.ts";

const token = new OperatorToken();
mountPage(<TrafficView token={token} watch={new TrafficWatch(token)} />);
