import type { Refusal } from "../client/http";
import type { Strings } from "./index";

/** What the server's refusals say in English; in Chinese its own sentence holds, and so for codes not here. */
const EN: Record<string, string> = {
  taken: "A colleague has taken this conversation already.",
  not_yours: "This conversation is not yours: take it first.",
  handed_back: "This conversation went back to the bot, and your message was not sent. Take it first.",
  closed: "This ticket is closed: reopen it first.",
  still_open: "This ticket is still open.",
  not_assigned: "Nobody has taken this ticket yet.",
  not_open: "This customer is no longer waiting.",
  no_offer: "There is no transfer for you to accept.",
  off_duty: "This colleague is off duty: choose somebody else, or a team.",
  csrf: "This page is out of date: reload it.",
  forbidden: "You may not do this.",
  not_found: "There is no such thing any more.",
  conflict: "It has changed meanwhile: reload and look again.",
  rate_limited: "Too much at once: wait a little.",
  unavailable: "A part of the house does not answer: try again in a moment.",
  delivery_unknown: "The platform did not say whether it took the message: sending it again could double it.",
  held: "Nothing may be sent to this customer until they write again.",
  too_large: "This file is too large.",
  bad_type: "Files of this type cannot be sent.",
  not_verified: "The customer has not proved who they are.",
  last_admin: "There must be an admin left.",
  weak_password: "At least 10 characters, not the login, nothing common or repeated.",
  bad_login: "Wrong name or password.",
  internal: "Something failed on our side and was recorded: try again later.",
};

/** The sentence for an agent who reads `lang`. */
export function refusalIn(
  lang: Strings["lang"],
  { code, message }: Pick<Refusal, "code" | "message">,
): string {
  return lang === "en" ? (EN[code] ?? message) : message;
}
