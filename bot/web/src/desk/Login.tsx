import { type FormEvent, type ReactNode, useState } from "react";
import { Mark } from "../ui/icons";
import { Refusal } from "./client/http";
import { useClient, useStrings } from "./context";
import { refusalIn } from "./strings/refusals";

export function Login() {
  const client = useClient();
  const { login: said } = useStrings();
  const { problem, busy, submit } = useSubmit(async (form) => {
    try {
      await client.login(text(form, "login"), text(form, "password"));
    } catch (refused) {
      if (!(refused instanceof Refusal) || refused.code !== "locked") throw refused;
      const minutes = Math.ceil(Number(refused.details.retry_after ?? 900) / 60);
      throw new Error(said.locked(minutes));
    }
  });
  return (
    <Gate title={said.title}>
      <form className="gate-form" onSubmit={submit}>
        <Field name="login" label={said.name} autoComplete="username" autoFocus />
        <Field name="password" label={said.password} type="password" autoComplete="current-password" />
        <Problem text={problem} />
        <button type="submit" className="btn primary" disabled={busy}>
          {said.submit}
        </button>
      </form>
    </Gate>
  );
}

/** Sets a new password: asked for at the first sign-in. */
export function ChangePassword() {
  const client = useClient();
  const { login: said } = useStrings();
  return (
    <Gate title={said.changeTitle}>
      <p className="gate-hint">{said.changeHint}</p>
      <PasswordForm label={said.save} />
      <button type="button" className="btn quiet" onClick={() => client.logout()}>
        {said.logout}
      </button>
    </Gate>
  );
}

export function PasswordForm({ label, onDone }: { label: string; onDone?: () => void }) {
  const client = useClient();
  const { login: said } = useStrings();
  const { problem, busy, submit } = useSubmit(async (form) => {
    if (text(form, "fresh") !== text(form, "again")) throw new Error(said.differ);
    await client.changePassword(text(form, "old"), text(form, "fresh"));
    onDone?.();
  });
  return (
    <form className="gate-form" onSubmit={submit}>
      <Field name="old" label={said.old} type="password" autoComplete="current-password" />
      <Field name="fresh" label={said.fresh} type="password" autoComplete="new-password" />
      <Field name="again" label={said.again} type="password" autoComplete="new-password" />
      <Problem text={problem} />
      <button type="submit" className="btn primary" disabled={busy}>
        {label}
      </button>
    </form>
  );
}

export function Unreachable() {
  const client = useClient();
  const { login: said } = useStrings();
  return (
    <Gate title={said.title}>
      <p className="gate-hint" role="alert">
        {said.unreachable}
      </p>
      <button type="button" className="btn primary" onClick={() => client.start()}>
        {said.retry}
      </button>
    </Gate>
  );
}

function Gate({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="gate">
      <section>
        <span className="gate-mark">
          <Mark size={30} />
        </span>
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}

type FieldProps = { name: string; label: string; type?: string; autoComplete: string; autoFocus?: boolean };

function Field({ name, label, type = "text", autoComplete, autoFocus = false }: FieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      {/* biome-ignore lint/a11y/noAutofocus: the page is this form */}
      <input name={name} type={type} autoComplete={autoComplete} autoFocus={autoFocus} required />
    </label>
  );
}

function Problem({ text: said }: { text: string | null }) {
  return (
    <p className="gate-problem" role="alert">
      {said}
    </p>
  );
}

function useSubmit(send: (form: FormData) => Promise<void>) {
  const { failed, lang } = useStrings();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await send(new FormData(event.currentTarget));
    } catch (error) {
      const known = error instanceof Error && !(error instanceof TypeError) && error.name !== "AbortError";
      const words = error instanceof Refusal ? refusalIn(lang, error) : (error as Error).message;
      setProblem(known ? words : failed);
    }
    setBusy(false);
  };
  return { problem, busy, submit };
}

function text(form: FormData, name: string): string {
  return String(form.get(name) ?? "");
}
