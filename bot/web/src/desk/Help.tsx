import { useSyncExternalStore } from "react";
import { useStrings } from "./context";
import { Dialog } from "./parts/Dialog";
import { wishes } from "./wishes";

export function Help({ onClose }: { onClose: () => void }) {
  const { help } = useStrings();
  const { keys } = useSyncExternalStore(wishes.subscribe, wishes.get);
  return (
    <Dialog title={help.title} onClose={onClose} wide>
      {!keys && <p className="quiet-note">{help.off}</p>}
      <div className="help">
        {help.groups.map(({ name, keys: rows }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {rows.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
