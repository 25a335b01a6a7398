/** Names of the store's and the log's codes; a code nobody named here is shown as it is. */

type Names = {
  order: Record<string, string>;
  purpose: Record<string, string>;
  channel: Record<string, string>;
  decision: Record<string, string>;
  /** What was found in a customer's words. */
  entity: Record<string, string>;
  audit: Record<string, string>;
  /** Only where the server's Chinese name does not serve. */
  complaint: Record<string, string>;
};

export const namesZh: Names = {
  order: {
    placed: "已下单",
    paid: "已付款",
    shipped: "已发货",
    completed: "已完成",
    cancelled: "已取消",
    refunded: "已退款",
  },
  purpose: {
    service_notice: "服务通知",
    survey: "满意度回访",
    marketing: "优惠活动",
    birthday: "生日祝福",
  },
  channel: { any: "所有渠道", web: "网页", wechat: "微信", wecom: "企业微信", sms: "短信", phone: "电话" },
  entity: {
    phone: "手机号",
    phone_tail: "手机尾号",
    member_number: "会员号",
    card_number: "卡号",
    complaint_number: "投诉编号",
    order_number: "订单号",
    quote_number: "报价编号",
    code: "验证码",
    amount: "金额",
    points: "积分",
    time: "时间",
    duration: "时长",
    percent: "比例",
    discount: "折扣",
    product: "商品",
    category: "类别",
    ordinal: "第几个",
    number: "数字",
    pick: "选择",
  },
  decision: { given: "同意", refused: "拒绝", withdrawn: "已撤回" },
  audit: {
    login: "登录",
    login_failed: "登录失败",
    logout: "退出登录",
    password_changed: "修改密码",
    password_reset: "重置密码",
    agent_added: "新增客服",
    agent_changed: "修改客服",
    duty: "值班状态",
    team: "修改小组",
    team_removed: "删除小组",
    rules: "修改规则",
    ticket_opened: "打开会话",
    takeover: "接管",
    unmask: "查看完整信息",
    complaint: "处理投诉",
    operation: "办理业务",
    export: "导出",
    token: "API 令牌",
    webhook: "Webhook",
    care: "关怀",
  },
  complaint: { waiting_customer: "等客户补充" },
};

export const namesEn: Names = {
  order: {
    placed: "Placed",
    paid: "Paid",
    shipped: "Shipped",
    completed: "Completed",
    cancelled: "Cancelled",
    refunded: "Refunded",
  },
  purpose: {
    service_notice: "Service notices",
    survey: "Surveys",
    marketing: "Offers",
    birthday: "Birthday",
  },
  channel: { any: "every channel", web: "Web", wechat: "WeChat", wecom: "WeCom", sms: "SMS", phone: "Phone" },
  entity: {},
  decision: { given: "granted", refused: "refused", withdrawn: "withdrawn" },
  audit: {
    login: "Signed in",
    login_failed: "Sign-in failed",
    logout: "Signed out",
    password_changed: "Password changed",
    password_reset: "Password reset",
    agent_added: "Agent added",
    agent_changed: "Agent changed",
    duty: "Duty",
    team: "Team changed",
    team_removed: "Team removed",
    rules: "Rules changed",
    ticket_opened: "Conversation opened",
    takeover: "Takeover",
    unmask: "Value unmasked",
    complaint: "Complaint",
    operation: "Operation",
    export: "Export",
    token: "API token",
    webhook: "Webhook",
    care: "Care",
  },
  complaint: {
    received: "Received",
    acknowledged: "Acknowledged",
    assessed: "Assessed",
    investigating: "In progress",
    waiting_customer: "Waits for the customer",
    responded: "Answered",
    closed: "Closed",
  },
};
