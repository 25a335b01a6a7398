import { useCallback, useState } from "react";

export type Toast = { id: number; text: string; mood: "good" | "bad" };
const LASTS_MS = 5000;
let last = 0;

export function useToasts() {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const say = useCallback((text: string, mood: Toast["mood"] = "good") => {
    const id = ++last;
    setToasts((all) => [...all.filter((one) => one.text !== text), { id, text, mood }].slice(-3));
    setTimeout(() => setToasts((all) => all.filter((one) => one.id !== id)), LASTS_MS);
  }, []);
  return { toasts, say };
}

export function Toasts({ toasts }: { toasts: Toast[] }) {
  return (
    <div className="toasts" role="status">
      {toasts.map(({ id, text, mood }) => (
        <p key={id} className="toast" data-mood={mood}>
          {text}
        </p>
      ))}
    </div>
  );
}
