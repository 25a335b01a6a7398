import { expect, it } from "vitest";
import { brandVariables, contrast, parseHex } from "../src/ui/color";

it("falls back to the house's colour when the merchant's is none", () => {
  expect(brandVariables("url(javascript:alert(1))", false)["--brand"]).toBe("#0b7a63");
});

it.each(["#0b7a63", "#ffd400", "#f0f0f0", "#111111", "#e1251b", "#07c160"])(
  "keeps text readable on and beside %s, in light and dark",
  (brand) => {
    for (const dark of [false, true]) {
      const shades = brandVariables(brand, dark);
      const of = (name: string) => parseHex(shades[name] ?? "") ?? [0, 0, 0];
      expect(contrast(of("--brand-text"), of("--brand-soft"))).toBeGreaterThanOrEqual(4.4);
      expect(contrast(of("--on-brand"), of("--brand"))).toBeGreaterThanOrEqual(3.6);
    }
  },
);
