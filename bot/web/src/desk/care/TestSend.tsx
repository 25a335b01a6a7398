import { type FormEvent, useState } from "react";
import { useAttempt, useClient, useStrings } from "../context";

type Tested = { channel: string; text: string; example: boolean };

/** Sends the text to one customer, mostly oneself; `text` is what was not saved yet. */
export function TestSend({ name, text }: { name: string; text: string | null }) {
  const client = useClient();
  const attempt = useAttempt();
  const { care: said, office } = useStrings();
  const [sent, setSent] = useState<Tested | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const customer = String(new FormData(event.currentTarget).get("customer") ?? "").trim();
    const body = text === null ? { customer } : { customer, text };
    setSent((await attempt(() => client.http.post<Tested>(`care/triggers/${name}/test`, body))) ?? null);
  };
  return (
    <>
      <form className="care-test" onSubmit={submit}>
        <input name="customer" required placeholder={said.customer} aria-label={said.customer} />
        <button type="submit" className="btn small">
          {said.send}
        </button>
      </form>
      {sent && (
        <div className="care-sent" role="status">
          <small>
            {said.sentOver(office.names.channel[sent.channel] ?? sent.channel)}
            {sent.example && ` · ${said.example}`}
          </small>
          <p>{sent.text}</p>
        </div>
      )}
    </>
  );
}
