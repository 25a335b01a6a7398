import type { ReactNode } from "react";

type Good = { name: string; note: string; price: string; points: string; tone: string; art: ReactNode };

/** Drawn, not photographed: the page loads nothing from anywhere else. */
const GOODS: Good[] = [
  {
    name: "明前龙井 2026 春茶",
    note: "西湖产区，一芽一叶，密封罐装 100 克",
    price: "268",
    points: "268",
    tone: "leaf",
    art: (
      <>
        <path d="M62 118c-6-34 10-62 38-72 6 32-6 60-38 72z" />
        <path d="M60 118c-20-10-30-30-26-52 20 8 30 26 26 52z" />
        <path d="M61 118c8-22 18-40 34-58M60 118c-6-16-12-30-22-44" className="thin" />
      </>
    ),
  },
  {
    name: "手冲咖啡豆 · 云南小粒",
    note: "浅中烘，柑橘与红糖，下单后当日烘焙",
    price: "89",
    points: "89",
    tone: "bean",
    art: (
      <>
        <ellipse cx="54" cy="86" rx="24" ry="34" transform="rotate(-24 54 86)" />
        <path d="M46 58c14 16-4 34 14 56" className="thin" />
        <ellipse cx="98" cy="72" rx="18" ry="26" transform="rotate(28 98 72)" />
        <path d="M104 50c-16 12 2 26-12 44" className="thin" />
      </>
    ),
  },
  {
    name: "桑蚕丝方巾 · 远山",
    note: "100% 桑蚕丝，手工卷边，附礼盒",
    price: "399",
    points: "399",
    tone: "silk",
    art: (
      <>
        <path d="M34 46h84v72H34z" />
        <path d="M34 104c14-22 24-22 38-4 12-26 26-28 46 4v14H34z" className="fill" />
        <path d="M100 62a8 8 0 1 1-16 0 8 8 0 0 1 16 0z" className="fill" />
      </>
    ),
  },
  {
    name: "净水滤芯 · 半年装",
    note: "到期前提醒更换，会员免费上门",
    price: "158",
    points: "158",
    tone: "water",
    art: (
      <>
        <path d="M76 38c18 24 30 40 30 56a30 30 0 1 1-60 0c0-16 12-32 30-56z" />
        <path d="M60 96c0 10 7 17 17 17" className="thin" />
      </>
    ),
  },
];

export function Goods() {
  return (
    <section className="goods" aria-labelledby="goods-title">
      <h2 id="goods-title">老顾客常买</h2>
      <ul>
        {GOODS.map((good) => (
          <li key={good.name} data-tone={good.tone}>
            <svg viewBox="0 0 152 152" aria-hidden="true">
              {good.art}
            </svg>
            <h3>{good.name}</h3>
            <p>{good.note}</p>
            <p className="price">
              <b>¥{good.price}</b>
              <span>得 {good.points} 积分</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
