import { memo } from "react";
import type { Settings } from "../client/people";
import type { Entry } from "../client/tickets";
import { useDesk, useStrings } from "../context";
import { nameOf, when } from "../format";
import { NoteIcon } from "../icons";
import { storyEn, storyZh, type Told } from "../strings/story";

/** One step of the ticket's story; a note stands out because customers never see it. */
export const EntryItem = memo(function EntryItem({ entry }: { entry: Entry }) {
  const strings = useStrings();
  const { settings } = useDesk();
  const { kind, at, by, text } = entry;
  const time = <time dateTime={at}>{when(at, strings)}</time>;
  if (kind === "note") {
    return (
      <article className="note">
        <header>
          <NoteIcon size={14} />
          <b>{by.name ?? strings.talk.system}</b>
          <span>{strings.compose.note}</span>
          {time}
        </header>
        <p>{text}</p>
      </article>
    );
  }
  const story = (strings.lang === "en" ? storyEn : storyZh)[kind];
  if (!story) return null;
  const rest = (REST[kind] ?? ((one: Entry) => one.text ?? ""))(entry);
  return (
    <p className="story">
      {story(told(entry, settings, strings.talk))}
      {rest && <span>{rest}</span>}
      {time}
    </p>
  );
});

const BY: Record<string, "bot" | "system" | "customer"> = { bot: "bot", customer: "customer" };

function told(
  { by, to, reason, text, data }: Entry,
  settings: Settings | null,
  said: { bot: string; system: string; customer: string },
): Told {
  const wait = Array.isArray(data.wait) ? (data.wait as number[]).map((one) => Math.ceil(one / 60)) : [];
  const reasons = [...(settings?.reasons ?? []), ...(settings?.close_reasons ?? [])];
  return {
    by: by.name ?? said[BY[by.kind] ?? "system"],
    to: to?.agent?.name ?? to?.team?.name ?? "",
    reason: nameOf(reasons, reason),
    text: text ?? "",
    minutes: wait.length === 2 ? `${wait[0]}-${wait[1]}` : "",
    on: data.on !== false,
  };
}

const REST: Record<string, (entry: Entry) => string> = {
  details: ({ data }) => details(data),
  rated: ({ data }) => rating(data),
  operation: ({ data }) => [data.title, data.result].filter(Boolean).join("："),
};

function details(data: Entry["data"]): string {
  return Object.values(data)
    .filter((one): one is string => typeof one === "string" && one !== "")
    .join("；");
}

function rating(data: Entry["data"]): string {
  const tags = Array.isArray(data.tags) ? (data.tags as string[]) : [];
  return [`${"★".repeat(Number(data.score ?? 0))}`, ...tags].join(" ");
}
