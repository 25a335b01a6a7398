import { type FormEvent, useId } from "react";
import { useStrings } from "../context";

export type FieldSpec = {
  name: string;
  /** Where the usual name of such a field does not serve. */
  label?: string;
  kind?: "text" | "long" | "number" | "list" | "check" | "choice" | "choices" | "date";
  options?: { value: string; label: string }[];
  required?: boolean;
  hint?: string;
};
export type Values = Record<string, unknown>;
type Props = {
  fields: FieldSpec[];
  values?: Values;
  onSave: (values: Values) => Promise<unknown>;
  onCancel?: () => void;
};

/** A form from a list of fields; gives the values in their own types. */
export function Form({ fields, values = {}, onSave, onCancel }: Props) {
  const { office } = useStrings();
  const said = office.settings;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    await onSave(valuesOf(fields, new FormData(event.currentTarget)));
  };
  return (
    <form className="question settings-form" onSubmit={submit}>
      {fields.map((field) => (
        <Field key={field.name} field={field} value={values[field.name]} />
      ))}
      <footer>
        {onCancel && (
          <button type="button" className="btn" onClick={onCancel}>
            {said.cancel}
          </button>
        )}
        <button type="submit" className="btn primary">
          {said.save}
        </button>
      </footer>
    </form>
  );
}

type Kind = NonNullable<FieldSpec["kind"]>;

const READ: Record<Kind, (form: FormData, name: string, text: string) => unknown> = {
  text: (_form, _name, text) => text,
  long: (_form, _name, text) => text,
  number: (_form, _name, text) => Number(text),
  list: (_form, _name, text) => (text ? text.split(/[,，、\s]+/).filter(Boolean) : []),
  check: (form, name) => form.has(name),
  choice: (_form, _name, text) => text || null,
  choices: (form, name) => form.getAll(name).map(String),
  // A day is meant to its end.
  date: (_form, _name, text) => (text ? new Date(`${text}T23:59:59`).toISOString() : null),
};

export function valuesOf(fields: readonly FieldSpec[], form: FormData): Values {
  return Object.fromEntries(
    fields.map(({ name, kind = "text" }) => [
      name,
      READ[kind](form, name, String(form.get(name) ?? "").trim()),
    ]),
  );
}

type FieldProps = { field: FieldSpec; value: unknown };

function Field(props: FieldProps) {
  const { kind } = props.field;
  if (kind === "check") return <Check {...props} />;
  return kind === "choices" ? <Choices {...props} /> : <Entry {...props} />;
}

function Check({ field: { name }, value }: FieldProps) {
  const { office } = useStrings();
  return (
    <label className="toggle">
      <input type="checkbox" name={name} defaultChecked={Boolean(value)} />
      {office.settings.fields[name] ?? name}
    </label>
  );
}

export function Choices({ field: { name, options = [] }, value, label }: FieldProps & { label?: string }) {
  const { office } = useStrings();
  const chosen = new Set((Array.isArray(value) ? value : []).map(String));
  return (
    <fieldset className="choices">
      <legend>{label ?? office.settings.fields[name] ?? name}</legend>
      {options.map((one) => (
        <label key={one.value} className="choice">
          <input type="checkbox" name={name} value={one.value} defaultChecked={chosen.has(one.value)} />
          {one.label}
        </label>
      ))}
    </fieldset>
  );
}

function Entry({ field, value }: FieldProps) {
  const { office } = useStrings();
  const { name, kind = "text", hint, label } = field;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label ?? office.settings.fields[name] ?? name}</label>
      <Control id={id} field={field} text={Array.isArray(value) ? value.join(", ") : String(value ?? "")} />
      {(hint || kind === "list") && <small>{hint ?? office.settings.comma}</small>}
    </div>
  );
}

const INPUTS: Partial<Record<Kind, string>> = { number: "number", date: "date" };

function Control({ id, field, text }: { id: string; field: FieldSpec; text: string }) {
  const { name, kind = "text", options = [], required = false } = field;
  const shared = { id, name, required, defaultValue: text };
  if (kind === "long") return <textarea rows={4} {...shared} />;
  if (kind !== "choice") return <input type={INPUTS[kind] ?? "text"} autoComplete="off" {...shared} />;
  return (
    <select {...shared}>
      {!required && <option value="">–</option>}
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </select>
  );
}
