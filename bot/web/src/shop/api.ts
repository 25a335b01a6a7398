/** The demo's own endpoints; none of them exists outside demo mode. */

import * as v from "valibot";

const CustomersSchema = v.array(
  v.object({
    name: v.string(),
    phone: v.string(),
    member_number: v.string(),
    tier: v.fallback(v.string(), ""),
    note: v.fallback(v.string(), ""),
  }),
);
export type DemoCustomer = v.InferOutput<typeof CustomersSchema>[number];

const SmsSchema = v.object({
  messages: v.array(v.object({ to: v.string(), text: v.string(), at: v.string() })),
});
export type Sms = v.InferOutput<typeof SmsSchema>["messages"][number];

export async function customers(): Promise<DemoCustomer[]> {
  return v.parse(CustomersSchema, await call("customers"));
}

/** Short messages sent in demo mode, newest first. */
export async function messages(): Promise<Sms[]> {
  const { messages: found } = v.parse(SmsSchema, await call("sms"));
  return [...found].sort((a, b) => b.at.localeCompare(a.at));
}

/** What the shop's own server would sign for a customer who has signed in. */
export async function userToken(member_number: string): Promise<string> {
  return v.parse(v.object({ token: v.string() }), await call("user-token", { member_number })).token;
}

const SIGNED_IN_KEY = "shop.customer";

/** Keeps who is signed in as long as the tab lives; null: nobody. */
export function remember(customer: DemoCustomer | null): void {
  if (customer) sessionStorage.setItem(SIGNED_IN_KEY, JSON.stringify(customer));
  else sessionStorage.removeItem(SIGNED_IN_KEY);
}

export function remembered(): DemoCustomer | null {
  const kept = v.safeParse(CustomersSchema, [JSON.parse(sessionStorage.getItem(SIGNED_IN_KEY) ?? "null")]);
  return kept.success ? (kept.output[0] ?? null) : null;
}

async function call(name: string, body?: object): Promise<unknown> {
  const response = await fetch(`${import.meta.env.BASE_URL}api/demo/${name}`, {
    method: body ? "POST" : "GET",
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : null,
  });
  if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
  return response.json();
}
