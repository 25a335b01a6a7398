/** The oldest browsers served: WeChat's own on older Android phones, and iOS 14. */
export const TARGETS = ["chrome87", "edge88", "firefox90", "safari14"];
