import { type ReactNode, useState } from "react";
import { useAttempt, useSay, useStrings } from "../context";
import { Dialog } from "../parts/Dialog";
import { type FieldSpec, Form, type Values } from "./Form";

type Props<T> = {
  title: string;
  items: readonly T[] | null;
  /** They could not be loaded. */
  failed?: boolean;
  keyOf: (item: T) => number;
  columns: { name: string; label?: string; show: (item: T) => ReactNode }[];
  fields: FieldSpec[];
  /** Saves a new one (null) or a changed one. */
  onSave?: (item: T | null, values: Values) => Promise<unknown>;
  onRemove?: (item: T) => Promise<unknown>;
  more?: (item: T) => ReactNode;
  canEdit?: (item: T) => boolean;
  canAdd?: boolean;
  /** False: what exists can only be removed. */
  editable?: boolean;
};

/** A table of records with a form to add and change them. */
export function Records<T>(props: Props<T>) {
  const { title, items, keyOf, columns, fields, onSave, onRemove, more } = props;
  const { canEdit = () => true, canAdd = true, editable = true } = props;
  const attempt = useAttempt();
  const say = useSay();
  const { office, failed } = useStrings();
  const said = office.settings;
  const [editing, setEditing] = useState<{ item: T | null } | null>(null);
  const save = async (values: Values) => {
    const done = await attempt(async () => {
      await onSave?.(editing?.item ?? null, values);
      return true;
    });
    if (!done) return;
    setEditing(null);
    say(said.saved);
  };
  return (
    <section className="card wide">
      <header className="card-head">
        <h2>{title}</h2>
        {onSave && canAdd && (
          <button type="button" className="btn small primary" onClick={() => setEditing({ item: null })}>
            {said.add}
          </button>
        )}
      </header>
      <div className="table-box">
        <table className="table">
          <thead>
            <tr>
              {columns.map(({ name, label }) => (
                <th key={name}>{label ?? said.fields[name] ?? name}</th>
              ))}
              <th>
                <span className="sr">{said.edit}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items?.map((item) => (
              <tr key={keyOf(item)}>
                {columns.map(({ name, show }) => (
                  <td key={name}>{show(item)}</td>
                ))}
                <td className="table-actions">
                  {more?.(item)}
                  {onSave && editable && canEdit(item) && (
                    <button type="button" className="btn small" onClick={() => setEditing({ item })}>
                      {said.edit}
                    </button>
                  )}
                  {onRemove && canEdit(item) && (
                    <button
                      type="button"
                      className="btn small quiet"
                      onClick={() => window.confirm(said.removeSure) && attempt(() => onRemove(item))}
                    >
                      {said.remove}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {!items && <p className="quiet-note">{props.failed ? failed : said.loading}</p>}
        {items?.length === 0 && <p className="quiet-note">{said.empty}</p>}
      </div>
      {editing && (
        <Dialog title={editing.item ? said.edit : said.add} onClose={() => setEditing(null)}>
          <Form
            fields={fields}
            values={(editing.item ?? {}) as Values}
            onSave={save}
            onCancel={() => setEditing(null)}
          />
        </Dialog>
      )}
    </section>
  );
}
