import { createRoot } from "react-dom/client";
import { Shop } from "./Shop";
import "../ui/base.css";
import "./shop.css";

createRoot(document.getElementById("root") as HTMLElement).render(<Shop />);
