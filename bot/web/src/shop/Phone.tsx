import { useEffect, useState } from "react";
import { messages, type Sms } from "./api";
import { CopyButton } from "./CopyButton";

const POLL_MS = 2000;

/** A phone that shows the short messages of the demo: where one-time codes arrive. */
export function Phone() {
  const { list, failed } = useSms();
  return (
    <section className="phone" aria-label="演示手机">
      <div className="phone-screen">
        <div className="phone-bar">
          <PhoneClock />
          <span className="phone-camera" />
          <span>5G</span>
        </div>
        <h3>短信</h3>
        <ul aria-live="polite">
          {list.map((sms) => (
            <li key={sms.at + sms.to + sms.text}>
              <p className="sms-head">
                <b>回头客商城</b>
                <time dateTime={sms.at}>{time(sms.at)}</time>
              </p>
              <p>{sms.text}</p>
              <p className="sms-foot">
                <span>发给 {sms.to}</span>
                <Code text={sms.text} />
              </p>
            </li>
          ))}
        </ul>
        {list.length === 0 && (
          <p className="phone-empty">
            {failed ? "暂时收不到短信，稍后会自动重试。" : "在对话里输入手机号或会员号，验证码会发到这里。"}
          </p>
        )}
      </div>
    </section>
  );
}

function Code({ text }: { text: string }) {
  const code = /(?<!\d)\d{4,8}(?!\d)/.exec(text)?.[0];
  if (!code) return null;
  return (
    <CopyButton text={code} label={`复制验证码 ${code}`}>
      复制验证码
    </CopyButton>
  );
}

function PhoneClock() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return <span>{time(now.toISOString())}</span>;
}

function useSms(): { list: Sms[]; failed: boolean } {
  const [state, setState] = useState<{ list: Sms[]; failed: boolean }>({ list: [], failed: false });
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      if (document.visibilityState === "visible") {
        const list = await messages().catch(() => null);
        if (over) return;
        setState((before) => (list ? { list, failed: false } : { ...before, failed: true }));
      }
      timer = setTimeout(look, POLL_MS);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
  return state;
}

function time(iso: string): string {
  return new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    new Date(iso),
  );
}
