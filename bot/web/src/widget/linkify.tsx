import { Fragment, type ReactNode } from "react";

const URL_PATTERN = /https?:\/\/[^\s<>"'，。；！？、（）【】《》「」“”]+/gi;
const TRAILING = /[.,;:!?)\]}]+$/;

/** Text with its http(s) addresses made links. Everything stays text: nothing in it is ever markup. */
export function linkify(text: string): ReactNode {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(URL_PATTERN)) {
    const url = match[0].replace(TRAILING, "");
    if (!isWebAddress(url)) continue;
    parts.push(text.slice(end, match.index));
    parts.push(
      <a href={url} target="_blank" rel="noopener noreferrer nofollow">
        {url}
      </a>,
    );
    end = match.index + url.length;
  }
  parts.push(text.slice(end));
  // biome-ignore lint/suspicious/noArrayIndexKey: the text of a message never changes
  return parts.map((part, index) => <Fragment key={index}>{part}</Fragment>);
}

function isWebAddress(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}
