import { useEffect, useState } from "react";
import { ClockIcon, Mark, PointsIcon, WalletIcon } from "../ui/icons";
import { type DemoCustomer, remember, remembered, userToken } from "./api";
import { Customers } from "./Customers";
import { Goods } from "./Goods";
import { Phone } from "./Phone";

const PROMISES = [
  { Icon: PointsIcon, title: "积分不白攒", text: "消费 1 元得 1 分，到期前 30 天提醒您" },
  { Icon: WalletIcon, title: "储值有赠送", text: "本金与赠送分开记，卡快到期可转存" },
  { Icon: ClockIcon, title: "投诉 24 小时内答复", text: "每一条投诉都有编号和倒计时，随时可查" },
];

export function Shop() {
  const [customer, setCustomer] = useState<DemoCustomer | null>(null);

  const recognise = async (who: DemoCustomer) => {
    window.Huitouke?.identify(await userToken(who.member_number));
    setCustomer(who);
    remember(who);
  };

  const signIn = async (who: DemoCustomer) => {
    await recognise(who);
    window.Huitouke?.open();
  };

  const signOut = () => {
    window.Huitouke?.identify(null);
    setCustomer(null);
    remember(null);
  };

  // Every page of a real shop says who is signed in; here a reload must not sign anybody out.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page begins
  useEffect(() => {
    const who = remembered();
    if (who) recognise(who).catch(signOut);
  }, []);

  return (
    <>
      <header className="top">
        <a className="brand" href="#top">
          <Mark size={30} />
          回头客商城
        </a>
        <nav aria-label="主导航">
          <a href="#goods-title">好物</a>
          <a href="#member">会员</a>
          <a href="#demo">演示台</a>
        </nav>
        {customer ? (
          <p className="who">
            您好，{customer.name}
            {customer.tier && <span className="tier">{customer.tier}</span>}
            <button type="button" onClick={signOut}>
              退出登录
            </button>
          </p>
        ) : (
          <a className="who" href="#demo">
            登录
          </a>
        )}
      </header>

      <main id="top">
        <section className="hero">
          <div>
            <p className="hero-eyebrow">老顾客，好久不见</p>
            <h1>
              好东西，
              <br />
              值得再来一次。
            </h1>
            <p>茶、咖啡、织物与家中日常。我们记得您买过什么，也记得答应过您什么。</p>
            <p className="hero-actions">
              <button type="button" className="primary" onClick={() => window.Huitouke?.open()}>
                问问客服
              </button>
              <a href="#demo">扮演一位顾客</a>
            </p>
          </div>
          <Hills />
        </section>

        <ul className="promises" id="member">
          {PROMISES.map(({ Icon, title, text }) => (
            <li key={title}>
              <span>
                <Icon size={24} />
              </span>
              <div>
                <h2>{title}</h2>
                <p>{text}</p>
              </div>
            </li>
          ))}
        </ul>

        <Goods />

        <section className="demo" id="demo" aria-labelledby="demo-title">
          <div className="demo-text">
            <h2 id="demo-title">演示台：扮演一位顾客</h2>
            <p>
              复制手机号或会员号，在右下角的对话里查积分、余额或投诉；验证码会发到这部手机上。也可以“以此顾客登录”，像已登录商城一样直接查询。以下顾客与数据均为虚构。
            </p>
            <p className="demo-links">
              <a href="/demo/wechat/phone/">用微信扮演顾客</a>
              <a href="/desk">进入客服工作台</a>
            </p>
          </div>
          <Phone />
          <div className="demo-people">
            <Customers current={customer} onSignIn={signIn} />
          </div>
        </section>
      </main>

      <footer className="foot">
        <p>回头客商城 · 演示站点，商品与顾客均为虚构</p>
      </footer>
    </>
  );
}

function Hills() {
  return (
    <svg className="hills" viewBox="0 0 700 380" preserveAspectRatio="xMaxYMax slice" aria-hidden="true">
      <circle cx="530" cy="112" r="46" className="sun" />
      <path d="M0 380c90-120 190-190 300-160s130 60 210-10 120-70 190-30v200z" className="far" />
      <path d="M40 380c110-80 190-110 290-66s170 30 240-24 80-30 130-14v104z" className="mid" />
      <path d="M120 380c100-46 190-48 280-24s200 10 300-30v54z" className="near" />
    </svg>
  );
}
