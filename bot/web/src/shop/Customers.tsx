import { useEffect, useState } from "react";
import { customers, type DemoCustomer } from "./api";
import { CopyButton } from "./CopyButton";

type Props = { current: DemoCustomer | null; onSignIn: (customer: DemoCustomer) => Promise<void> };

/** The customers a newcomer may play, and what is interesting about each. */
export function Customers({ current, onSignIn }: Props) {
  const [list, setList] = useState<DemoCustomer[] | "failed" | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    customers().then(setList, () => setList("failed"));
  }, []);

  if (list === "failed")
    return <p className="note">演示数据没有加载成功，请确认服务以演示模式运行，然后刷新页面。</p>;
  if (!list) return <p className="note">正在加载演示顾客…</p>;

  const signIn = async (customer: DemoCustomer) => {
    setBusy(customer.member_number);
    setProblem(null);
    await onSignIn(customer).catch(() => setProblem("登录没有成功，请稍后再试。"));
    setBusy(null);
  };

  return (
    <>
      {problem && (
        <p className="note" role="alert">
          {problem}
        </p>
      )}
      <ul className="customers">
        {list.map((customer) => {
          const here = customer.member_number === current?.member_number;
          return (
            <li key={customer.member_number} data-here={here}>
              <div className="customer-who">
                <b>{customer.name}</b>
                {customer.tier && <span className="tier">{customer.tier}</span>}
              </div>
              <p className="customer-note">{customer.note}</p>
              <dl>
                <Fact name="手机" value={customer.phone} />
                <Fact name="会员号" value={customer.member_number} />
              </dl>
              <button
                type="button"
                className="sign-in"
                disabled={here || busy !== null}
                onClick={() => signIn(customer)}
              >
                {here ? "已登录" : busy === customer.member_number ? "正在登录…" : "以此顾客登录"}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        <CopyButton text={value} label={`复制${name} ${value}`} />
      </dd>
    </div>
  );
}
