import type { DeskClient } from "./client/desk";
import type { News } from "./client/state";
import { go } from "./router";
import type { Strings } from "./strings";
import { wishes } from "./wishes";

/** Sound, browser notification and the number in the tab's title. Returns how to stop. */
export function alerts(client: DeskClient, strings: Strings): () => void {
  const untitle = client.state.subscribe(() => title(client, strings));
  const unhear = client.onNews((news) => {
    if (client.state.get().me?.duty === "off") return;
    if (wishes.get().sound) chime(...soundOf(news));
    if (document.hidden || !document.hasFocus()) notify(news, strings);
  });
  title(client, strings);
  return () => {
    untitle();
    unhear();
  };
}

function title(client: DeskClient, strings: Strings): void {
  const { counts, phase } = client.state.get();
  const badge = counts.unread + counts.queue;
  const text = phase === "in" && badge > 0 ? `(${badge}) ${strings.title}` : strings.title;
  if (document.title !== text) document.title = text;
}

function notify(news: News, strings: Strings): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  // What a customer wrote is not for a locked screen or a shared monitor: who and where is enough.
  const [head, ticket] =
    news.kind === "notice"
      ? [news.notice.text, news.notice.ticket]
      : [`${news.line.customer.name ?? strings.list.stranger} · ${newsWord(news, strings)}`, news.line.id];
  const shown = new Notification(head, { tag: `huitouke-${news.kind}-${ticket ?? ""}` });
  shown.onclick = () => {
    window.focus();
    if (ticket !== null) go(news.kind === "queue" ? "queue" : "mine", ticket);
    else if (news.kind === "notice" && news.notice.complaint) go("complaints", news.notice.complaint);
    shown.close();
  };
}

function newsWord(news: News, strings: Strings): string {
  return news.kind === "queue" ? strings.nav.queue : strings.list.unread(1);
}

let audio: AudioContext | null = null;

/** Clocks that run out. */
const ALARMS = new Set(["reply_due", "complaint_due", "complaint_overdue", "callback_due"]);

/** Pitch in Hz and number of tones: an alarm is heard to be one. */
function soundOf(news: News): [number, number] {
  if (news.kind === "notice" && ALARMS.has(news.notice.kind)) return [880, 3];
  return [news.kind === "message" ? 740 : 587, 2];
}

/** Short soft tones; browsers keep quiet until the page was used once. */
function chime(pitch: number, tones: number): void {
  try {
    audio ??= new AudioContext();
    const { currentTime } = audio;
    for (let index = 0; index < tones; index += 1) {
      const frequency = tones > 2 || index === 0 ? pitch : pitch * 1.335;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const begin = currentTime + index * 0.13;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, begin);
      volume.gain.exponentialRampToValueAtTime(0.09, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.3);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.32);
    }
  } catch {
    // without sound there is still the badge
  }
}
